/** Token endpoints that answer with something else. */

import type { FaultAction } from "../../src/testing/mod.ts";
import {
  LOGGED_IN,
  openScene,
  playRefusal,
  type Refusal,
  TOKEN,
} from "./scene.ts";

const PORTAL = "<!doctype html><title>Welcome to our hotel</title>";

/** Answers of token endpoints that are none. */
const STRANGE: readonly (Refusal & {
  readonly name: string;
  readonly action: FaultAction;
})[] = [
  {
    name: "a captive portal in place of the token is told from one",
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html" },
      body: PORTAL,
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "something that is not a token",
  },
  {
    name: "a token answer without a token is refused",
    action: { kind: "reply", status: 200, body: `{"expires_in": 60}` },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "something that is not a token",
  },
  {
    name: "a token answer without end is not read to its end",
    action: { kind: "body", bytes: new Uint8Array(4 * 1024 * 1024).fill(0x20) },
    code: "TOO_LARGE",
    says: "Failed to pull OCI image",
  },
  {
    name: "a token answer that is null is refused",
    action: { kind: "reply", status: 200, body: "null" },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "something that is not a token",
  },
  {
    name: "a token that would add a header field is refused",
    action: {
      kind: "reply",
      status: 200,
      body: JSON.stringify({ token: "abc\r\nx-evil: 1" }),
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "something that is not a token",
  },
  {
    name: "a token that no header field can hold is refused",
    action: {
      kind: "reply",
      status: 200,
      body: JSON.stringify({ token: "tökén-🦀" }),
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "something that is not a token",
  },
  {
    name: "a token endpoint that is not there is not taken for a missing image",
    action: { kind: "reply", status: 404 },
    code: "REGISTRY_FAILED",
    says: "token endpoint http://127.0.0.1",
  },
  {
    name: "a token endpoint that always fails is named",
    action: { kind: "reply", status: 500 },
    code: "REGISTRY_FAILED",
    says: "token endpoint http://127.0.0.1",
  },
  {
    name: "a token endpoint that wants quiet is named",
    action: { kind: "reply", status: 429 },
    code: "REGISTRY_RATE_LIMITED",
    says: "token endpoint http://127.0.0.1",
  },
];

for (const { name, action, ...refusal } of STRANGE) {
  Deno.test(name, async () => {
    await using scene = await openScene(LOGGED_IN);
    scene.registry.fault({ match: { path: TOKEN }, action });
    await playRefusal(scene, refusal);
  });
}
