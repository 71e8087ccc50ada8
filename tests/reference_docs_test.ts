/** The generated pages are what the code says, and no error is without a cure. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../src/cli/commands.ts";
import {
  formatModuleGraph,
  MODULE_GRAPH_PAGE,
} from "../scripts/module_graph_page.ts";
import { CURES, GUIDE_TEXTS } from "../scripts/troubleshooting_cures.ts";
import {
  CLI_PAGE,
  formatCliReference,
  formatTroubleshooting,
  readErrorCodes,
  TROUBLESHOOTING_PAGE,
} from "../scripts/write_cli_reference.ts";

const ROOT = new URL("../", import.meta.url);

Deno.test("docs/cli.md is what the commands say (deno task docs writes it anew)", async () => {
  const page = await Deno.readTextFile(CLI_PAGE);
  assertEquals(page, await formatCliReference());
  for (const { name, load } of COMMANDS) {
    const { options } = await load();
    assertStringIncludes(page, `## forge ${name}\n`);
    for (const option of Object.keys(options)) {
      assertStringIncludes(page, `--${option}`);
    }
  }
});

Deno.test("docs/troubleshooting.md is what the error codes say (deno task docs writes it anew)", async () => {
  const page = await Deno.readTextFile(TROUBLESHOOTING_PAGE);
  assertEquals(page, await formatTroubleshooting());
});

Deno.test("docs/module-graph.md is what the imports say (deno task docs writes it anew)", async () => {
  assertEquals(
    await Deno.readTextFile(MODULE_GRAPH_PAGE),
    await formatModuleGraph(),
  );
});

Deno.test("every error code has a cause and a cure, and no cure is left over", async () => {
  const codes = await readErrorCodes();
  assertEquals(
    codes.map(({ code }) => code),
    Object.keys(CURES).sort(),
  );
  for (const { code, cause } of codes) {
    assert(cause.length > 0, `${code} has no cause`);
    assert(CURES[code as keyof typeof CURES].length > 0, `${code}: no cure`);
  }
  // Read without the comments, so that a member without one is not lost.
  const source = await Deno.readTextFile(new URL("src/errors.ts", ROOT));
  const members = source.match(/^ {2}\| "[A-Z_]+"/gm) ?? [];
  assertEquals(codes.length, members.length);
});

Deno.test("texts that users search for are in the source, word for word", async () => {
  const sources: string[] = [];
  for (
    const path of [
      "src/config/parse.ts",
      "src/install/carry_out.ts",
      "src/wasm/header.ts",
    ]
  ) sources.push(await Deno.readTextFile(new URL(path, ROOT)));
  const source = sources.join("\n");
  for (const { text } of GUIDE_TEXTS) {
    for (const part of text.split(/<[a-z-]+>|: /)) {
      assertStringIncludes(source, part.trim());
    }
  }
});
