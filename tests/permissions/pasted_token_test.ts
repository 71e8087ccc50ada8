/** A token where the name of a variable belongs is shown to nobody. */

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { startRegistry } from "../../src/testing/mod.ts";
import { forgeRon, ociEntry, openWorkspace } from "../cli/workspace.ts";

/** Texts that people take for what belongs into `token_env`. */
const TOKENS: readonly string[] = [
  "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
  "github_pat_11ABCDEFG0abcdefghijkl",
  "glpat-x-Abcdefghijk1234567",
  "dckr_pat_AbCdEfGhIjKlMnOp",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl",
  "AKIAIOSFODNN7EXAMPLE",
  "A1B2C3D4E5F6A7B8C9D0",
  "hunter2hunter2",
  "correct horse battery staple",
  "p=ss",
];

Deno.test("forge permissions does not echo a token in any format", async () => {
  for (const token of TOKENS) {
    await using work = await openWorkspace();
    const auth = `"ghcr.io": RegistryAuth(
      username_env: Some("GHCR_USERNAME"), token_env: Some("${token}"))`;
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry("ghcr.io", "notes", "v1"), auth }),
    );
    for (const format of ["flags", "deno-json", "json", "explain"]) {
      const { status, out, err } = await work.forge(
        ...["permissions", "--format", format],
      );
      assertEquals(status, 0, err);
      assertFalse((out + err).includes(token), `${format}: ${token}`);
      assertStringIncludes(out, "GHCR_USERNAME");
    }
  }
});

Deno.test("a registry that refuses is not told of, nor anybody else, with the token", async () => {
  await using registry = await startRegistry({
    auth: { kind: "basic", users: { me: "right" } },
  });
  for (const token of TOKENS) {
    await using work = await openWorkspace();
    const auth = `"${registry.host}": RegistryAuth(
      username_env: Some("REGISTRY_USER"), token_env: Some("${token}"))`;
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry, "notes", "v1"), auth }),
    );
    const { status, out, err } = await work.forge("pull", "--json");
    assertEquals(status, 1);
    assertFalse((out + err).includes(token), token);
    assertStringIncludes(err, "REGISTRY_USER");
  }
});

Deno.test("where the runtime refuses to read it, the error does not show it either", async () => {
  const [token = ""] = TOKENS;
  await using registry = await startRegistry({
    auth: { kind: "basic", users: { me: "right" } },
  });
  await using work = await openWorkspace({
    platform: {
      env(name) {
        if (name !== token) return undefined;
        throw new Error(`Cannot read the environment variable ${name}`);
      },
    },
  });
  const auth = `"${registry.host}": RegistryAuth(
    username_env: Some("REGISTRY_USER"), token_env: Some("${token}"))`;
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "notes", "v1"), auth }),
  );
  for (const command of ["pull", "permissions"]) {
    const { out, err } = await work.forge(command);
    assertFalse((out + err).includes(token), command);
  }
});

Deno.test("a variable with an unlikely name is asked for where it is set", async () => {
  await using work = await openWorkspace({ env: { ghcrtoken: "secret" } });
  const auth = `"ghcr.io": RegistryAuth(
    username_env: Some("GHCR_USERNAME"), token_env: Some("ghcrtoken"))`;
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry("ghcr.io", "notes", "v1"), auth }),
  );
  const { out } = await work.forge("permissions");
  assertStringIncludes(out, "ghcrtoken");
  assertFalse(out.includes("secret"));
});
