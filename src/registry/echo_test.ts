/** Registries that repeat what they were shown: it goes no further. */

import {
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { startRegistry } from "../testing/mod.ts";
import { systemClock } from "../platform/clock.ts";
import { createRegistryClient } from "./client.ts";
import { RegistryError } from "./errors.ts";
import type { Credential } from "./credentials.ts";
import type { RegistryEvent } from "./events.ts";
import { printable, withoutSecrets } from "./printable.ts";

const SECRET = "s3cr3t-0f-th3-r3gistry";
const PASSWORD: Credential = {
  username: "ada",
  password: SECRET,
  source: "a test",
};
const TOKEN: Credential = { identityToken: SECRET, source: "a test" };

/** What a client says when every answer repeats what the request had. */
async function saidBy(
  kind: "basic" | "bearer",
  credential: Credential,
  status: number,
) {
  let sent = "";
  const echoed = () => `you said ${sent} and ${SECRET}`;
  await using registry = await startRegistry({
    auth: {
      kind,
      users: { ada: SECRET },
      ...(kind === "bearer" ? { identityTokens: { [SECRET]: "ada" } } : {}),
    },
  });
  const events: RegistryEvent[] = [];
  const client = createRegistryClient({
    clock: systemClock,
    credentials: { get: () => Promise.resolve({ credential }) },
    onEvent: (event) => events.push(event),
    async fetch(input, init) {
      const value = new Headers(init?.headers).get("authorization") ?? "";
      const isApi = new URL(input).pathname.startsWith("/v2/");
      if (value === "" || !isApi) return await fetch(input, init);
      sent = value.replace(/^\S+ /, "");
      const errors = [{ code: `DENIED ${sent}`, message: echoed() }];
      return new Response(JSON.stringify({ errors }), {
        status,
        statusText: `No ${sent}`,
        headers: { warning: `299 - "${echoed()}"` },
      });
    },
  });
  const error = await client.repository(registry.host, "acme/notes")
    .fetchManifest("v1").catch((error) => error);
  return { error, sent, events };
}

Deno.test("what a registry was shown is not in the errors that repeat it", async () => {
  for (const kind of ["basic", "bearer"] as const) {
    for (const credential of [PASSWORD, TOKEN]) {
      for (const status of [401, 403, 404, 400]) {
        const { error, sent, events } = await saidBy(kind, credential, status);
        const told = JSON.stringify([
          error.message,
          error.hint,
          error.errors,
          events.filter(({ type }) => type === "registry-warning"),
        ]);
        assertNotEquals(sent, "", "nothing was shown, so nothing is repeated");
        assertEquals(error instanceof RegistryError, true, told);
        assertFalse(told.includes(SECRET), told);
        assertFalse(told.includes(sent), told);
        assertStringIncludes(told, "you said *** and ***");
      }
    }
  }
});

Deno.test("secrets go before a text is cut, and what is no secret stays", () => {
  const text = "x".repeat(290) + SECRET;
  assertFalse(printable(withoutSecrets(text, [SECRET])).includes("s3cr"));
  assertEquals(withoutSecrets("a cat sat", ["at", ""]), "a cat sat");
  assertEquals(withoutSecrets(undefined, [SECRET]), "");
});
