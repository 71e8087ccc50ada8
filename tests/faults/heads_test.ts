/** Heads of answers that are cut, endless, dripping, or not HTTP. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { startRawServer } from "./raw_server.ts";
import {
  assertNothingLeft,
  assertRefused,
  BLOB,
  LOGGED_IN,
  MANIFEST,
  openScene,
  playRecovery,
  playRefusal,
  type Refusal,
  type SceneOptions,
  TOKEN,
} from "./scene.ts";
import { forgeRon, ociEntry } from "../cli/workspace.ts";

const STAGES: readonly {
  readonly what: string;
  readonly path: RegExp;
  readonly scene?: SceneOptions;
}[] = [
  { what: "a token", path: TOKEN, scene: LOGGED_IN },
  { what: "a manifest", path: MANIFEST },
  {
    what: "an index",
    path: MANIFEST,
    scene: { push: { shape: "docker-buildx-index" } },
  },
  { what: "a blob", path: BLOB },
];

/** Where the connection ends. */
const CUTS: readonly { readonly where: string; readonly bytes: string }[] = [
  { where: "before its status line", bytes: "" },
  { where: "inside of its status line", bytes: "HTTP/1.1 20" },
  {
    where: "inside of its header fields",
    bytes: "HTTP/1.1 200 OK\r\nContent-Le",
  },
  {
    where: "before the end of its head",
    bytes: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
  },
];

for (const { what, path, scene: options } of STAGES) {
  for (const { where, bytes } of CUTS) {
    Deno.test(`${what} whose answer is cut once ${where} is asked for again`, async () => {
      await using scene = await openScene(options);
      const fault = scene.registry.fault({
        match: { path },
        action: { kind: "raw", bytes },
        times: 1,
      });
      await playRecovery(scene);
      assertEquals(fault.hits, 1);
    });

    Deno.test(`${what} whose answer is always cut ${where} ends the pull`, async () => {
      await using scene = await openScene(options);
      const fault = scene.registry.fault({
        match: { path },
        action: { kind: "raw", bytes },
      });
      await playRefusal(scene, {
        code: "NETWORK_FAILED",
        says: "the connection was closed early",
      });
      // Runtimes themselves try again once where a kept connection ends.
      assert(fault.hits === 3 || fault.hits === 4, String(fault.hits));
    });
  }
}

const OK = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/** Heads that no server may send. */
const BROKEN: readonly (Refusal & {
  readonly name: string;
  readonly bytes: string;
})[] = [
  {
    name: "a status that is no number is not HTTP",
    bytes: "HTTP/1.1 abc OK\r\n\r\n",
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
  },
  {
    name: "an answer in HTTP/2 that nobody asked for is not HTTP",
    bytes: "\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64",
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
  },
  {
    name: "a header field with a NUL in its name is not HTTP",
    bytes: `${OK}x\0y: z\r\ncontent-length: 2\r\n\r\n{}`,
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
  },
  {
    name: "two lengths that contradict each other are not HTTP",
    bytes: `${OK}content-length: 2\r\ncontent-length: 5\r\n\r\n{}abc`,
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
  },
  {
    name: "a chunk whose size is no number is not HTTP",
    bytes: `${OK}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
  },
  {
    name: "a chunked body without its last chunk is cut",
    bytes: `${OK}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`,
    code: "NETWORK_FAILED",
    says: "the connection was closed early",
  },
  {
    name: "a header field of a megabyte is not read to its end",
    bytes: `${OK}x-padding: ${"y".repeat(1024 * 1024)}\r\n\r\n{}`,
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
  },
  {
    name: "ten thousand header fields are not read to their end",
    bytes: `${OK}${"x-field: yyyyyyyyyyyyyyyyyyyyy\r\n".repeat(10_000)}\r\n{}`,
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
  },
];

for (const { name, bytes, ...refusal } of BROKEN) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    scene.registry.fault({
      match: { path: MANIFEST },
      action: { kind: "raw", bytes },
    });
    await playRefusal(scene, refusal);
  });
}

Deno.test("a head that drips a byte every eight seconds is given up after a minute", async () => {
  await using scene = await openScene();
  const { work, clock } = scene;
  await using server = await startRawServer(async (socket) => {
    for (const byte of `${OK}content-length: 2\r\n\r\n{}`) {
      if (socket.destroyed) return;
      socket.write(byte);
      await clock.sleep(8000);
    }
  });
  const oci = ociEntry(server.host, "greeter", "v1");
  await work.write("forge.ron", forgeRon({ oci }));
  clock.isStuck = () => true;
  assertRefused(await scene.pull("--json"), {
    code: "NETWORK_TIMEOUT",
    says: "no answer in time",
  });
  assertNothingLeft(work);
  assertGreater(clock.passedMs, 3 * 60_000 - 1);
  assertGreater(4 * 60_000, clock.passedMs);
});

Deno.test("interim answers without end are given up after a minute", async () => {
  await using scene = await openScene();
  const { work, clock } = scene;
  await using server = await startRawServer(async (socket) => {
    while (!socket.destroyed) {
      socket.write("HTTP/1.1 103 Early Hints\r\n\r\n");
      await clock.sleep(8000);
    }
  });
  const oci = ociEntry(server.host, "greeter", "v1");
  await work.write("forge.ron", forgeRon({ oci }));
  clock.isStuck = () => true;
  assertRefused(await scene.pull("--json"), {
    code: "NETWORK_TIMEOUT",
    says: "no answer in time",
  });
  assertNothingLeft(work);
});
