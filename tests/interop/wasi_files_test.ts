/** A program of a real compiler with the files that extensions get. */

import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { loadExtension, type LogLine } from "../../src/runtime/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { openWorkspace } from "../cli/workspace.ts";
import { runTool } from "./processes.ts";
import { interopTest, RUSTC } from "./tools.ts";

const SOURCE = fromFileUrl(new URL("../fixtures/files.rs", import.meta.url));

interopTest(
  "what rustc compiled does with files what programs do, and reaches no others",
  [RUSTC],
  async () => {
    await using work = await openWorkspace();
    const module = join(work.root, "files.wasm");
    const target = ["--target", "wasm32-wasi", "-O", "-C", "strip=symbols"];
    await runTool(RUSTC, [...target, "-o", module, SOURCE]);
    await work.write("secret", "secret");
    const lines: LogLine[] = [];
    await using extension = await loadExtension({
      name: "files",
      bytes: await Deno.readFile(module),
    }, {
      onLog: (line) => lines.push(line),
      limits: { directoryBytes: 4 * 1024 * 1024, fileBytes: 1024 * 1024 },
      directory: {
        path: join(work.root, "files"),
        open: platform.openDirectory!,
      },
    });
    const status = await extension.run().catch((error) => error.message);
    const said = lines.map(({ text }) => text).join("\n");
    assertEquals([status, said], [0, "all is well"]);
    const names = [];
    for await (const { name } of Deno.readDir(join(work.root, "files"))) {
      names.push(name);
    }
    assertEquals(names.sort(), ["big", "copy", "huge", "note.txt"]);
  },
);
