/** What a process of an extension may do on Deno. */

import { assertEquals, assertRejects } from "@std/assert";
import { platform } from "../../src/platform/deno.ts";

Deno.test("the process of an extension may read and write its own data, and nothing else", async () => {
  // Whatever this process may do itself.
  assertEquals(
    (await Deno.permissions.query({ name: "run" })).state,
    "granted",
  );
  const root = await Deno.makeTempDir();
  const own = `${root}/own data.extension.db`;
  const answer = Promise.withResolvers<unknown>();
  const host = await platform.startHost!("process", {
    entry: new URL("./rights_probe.ts", import.meta.url),
    paths: [own],
    onMessage: answer.resolve,
    onEnd: answer.reject,
  });
  host.post([
    { name: "read", path: own },
    { name: "write", path: own },
    { name: "read", path: `${root}/other.extension.db` },
    { name: "write", path: `${root}/other.extension.db` },
    { name: "write", path: root },
    { name: "read" },
    { name: "write" },
    { name: "net" },
    { name: "env" },
    { name: "run" },
    { name: "ffi" },
    { name: "sys" },
  ]);
  const states = await answer.promise;
  host.kill();
  await Deno.remove(root, { recursive: true });
  const prompts = new Array<string>(10).fill("prompt");
  assertEquals(states, ["granted", "granted", ...prompts]);
});

Deno.test("a path that no flag can name is refused, and no right is given in its place", async () => {
  await assertRejects(
    () =>
      platform.startHost!("process", {
        entry: new URL("./rights_probe.ts", import.meta.url),
        paths: ["/data/a,/etc"],
        onMessage: () => {},
        onEnd: () => {},
      }),
    Error,
    "it has a comma",
  );
});
