/** The committed binaries that compilers made are what their sources say. */

import { assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import {
  buildWithTools,
  BUILT_BY_TOOLS,
  FIXTURES,
} from "../../scripts/build_fixtures.ts";
import { interopTest, NPM, RUSTC } from "./tools.ts";

/** They are in every clone of the repository. */
const MAX_FIXTURE_BYTES = 200_000;

interopTest(
  "committed extensions in Rust and committed components are what their sources build to",
  [RUSTC, NPM],
  async () => {
    const built = await buildWithTools();
    assertEquals([...built.keys()].sort(), [...BUILT_BY_TOOLS].sort());
    for (const [name, bytes] of built) {
      assertLess(bytes.byteLength, MAX_FIXTURE_BYTES);
      const onDisk = await Deno.readFile(join(FIXTURES, name));
      assertEquals(
        onDisk.toBase64() === bytes.toBase64(),
        true,
        `${name} drifted: run \`deno task fixtures\``,
      );
    }
  },
);
