/** What runs on Node too is not lost by an import somewhere deep. */

import { assertEquals, assertGreater } from "@std/assert";
import { findTestFiles } from "../../scripts/npm/portable_tests.ts";

/** One test of each kind that must run on every runtime. */
const EVERYWHERE = [
  "src/cache/write_entry_test.ts",
  "src/platform/node_fetch_test.ts",
  "tests/cli/run_test.ts",
  "tests/faults/transfer_test.ts",
  "tests/interop/proxies_test.ts",
  "tests/runtime/lifecycle_test.ts",
];

Deno.test("most tests run on Node, those of pulling and running among them", async () => {
  const root = new URL("../../", import.meta.url);
  const { portable, denoOnly } = await findTestFiles(root);
  const lost = denoOnly.filter(({ path }) => EVERYWHERE.includes(path));
  assertEquals(lost, []);
  assertGreater(portable.length, 2 * denoOnly.length);
});
