/** Mirrors that are gone, lie, or ask for credentials. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type FaultAction,
  pushWasm,
  startRegistry,
} from "../../src/testing/mod.ts";
import {
  assertPulled,
  BLOB,
  GREETER,
  LOGGED_IN,
  MANIFEST,
  openScene,
} from "./scene.ts";

/** What mirrors do; the registry behind them helps each time. */
const FAULTS: readonly {
  readonly name: string;
  readonly path: RegExp;
  readonly action: FaultAction;
  readonly says: string;
}[] = [
  {
    name: "a mirror that is broken is passed over",
    path: MANIFEST,
    action: { kind: "reply", status: 500 },
    says: "500",
  },
  {
    name: "a mirror that wants credentials gets none and is passed over",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 401,
      headers: { "www-authenticate": `Basic realm="mirror"` },
    },
    says: "401",
  },
  {
    name: "a mirror that is a captive portal is passed over",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<!doctype html>",
    },
    says: "a web page",
  },
  {
    name: "a mirror whose manifest is another than it says is passed over",
    path: MANIFEST,
    action: { kind: "corrupt" },
    says: "the bytes hash to",
  },
  {
    name: "a mirror that sends its clients elsewhere is passed over",
    path: BLOB,
    action: { kind: "redirect", to: "http://169.254.169.254/blob" },
    says: "private address",
  },
  {
    name: "a mirror that lost a blob is passed over",
    path: BLOB,
    action: { kind: "reply", status: 404 },
    says: "does not have it",
  },
  {
    name: "a mirror with wrong bytes is passed over",
    path: BLOB,
    action: { kind: "corrupt" },
    says: "the bytes received hash to",
  },
  {
    name: "a mirror that never finishes a blob is passed over",
    path: BLOB,
    action: { kind: "cut", afterBytes: 0 },
    says: "the connection was closed early",
  },
  {
    name: "a mirror that sends more than the blob is passed over",
    path: BLOB,
    action: { kind: "body", bytes: new Uint8Array(10_000) },
    says: "or more",
  },
];

for (const { name, path, action, says } of FAULTS) {
  Deno.test(name, async () => {
    await using mirror = await startRegistry();
    await pushWasm(mirror, "acme/greeter", "v1", GREETER);
    mirror.fault({ match: { path }, action });
    await using scene = await openScene({
      ...LOGGED_IN,
      settings: `mirrors: ["${mirror.host}"]`,
    });
    const result = await scene.pull("--json");
    await assertPulled(result, scene.work);
    assertStringIncludes(result.err, `the mirror ${mirror.host} did not help`);
    assertStringIncludes(result.err, says);
    assertEquals(
      mirror.requests.filter(({ authorization }) => authorization),
      [],
    );
  });
}

Deno.test("a mirror that is gone is passed over", async () => {
  const mirror = await startRegistry();
  await mirror.close();
  await using scene = await openScene({
    ...LOGGED_IN,
    settings: `mirrors: ["${mirror.host}"]`,
  });
  const result = await scene.pull("--json");
  await assertPulled(result, scene.work);
  assertStringIncludes(result.err, "connection refused");
});
