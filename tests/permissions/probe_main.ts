/**
 * The second process of `forge run`, which tells what is granted at the very
 * moment at which an extension prints: foreign code is on the stack.
 */

import { main } from "../../src/cli/dispatch.ts";
import { SECOND_STAGE } from "../../src/cli/io.ts";
import { platform } from "../../src/platform/deno.ts";

const [host = "", cache = "", data = "", ...others] = Deno.args;
const KINDS = ["net", "env", "run", "ffi", "write", "sys"] as const;

Deno.exitCode = await main([SECOND_STAGE, "run"], {
  platform,
  out: () => {},
  err(text) {
    if (!text.startsWith("[greeter]")) return;
    const query = Deno.permissions.querySync;
    const states: Record<string, string> = {};
    for (const name of KINDS) states[name] = query({ name }).state;
    states["registry"] = query({ name: "net", host }).state;
    states["cache"] = query({ name: "write", path: cache }).state;
    states["data"] = query({ name: "write", path: data }).state;
    for (const path of others) {
      states[path] = query({ name: "write", path }).state;
    }
    console.log(JSON.stringify(states));
  },
  signal: new AbortController().signal,
  color: false,
});
