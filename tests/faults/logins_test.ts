/** Logins that do not work, and tags that are no images. */

import { assertStringIncludes } from "@std/assert";
import type { Platform } from "../../src/platform/types.ts";
import {
  assertPulled,
  openScene,
  PASSWORD,
  playRefusal,
  type SceneOptions,
} from "./scene.ts";

/** What helpers answer that do not work. */
const HELPERS: readonly {
  readonly name: string;
  readonly runHelper: NonNullable<Platform["runHelper"]>;
  readonly says: string;
}[] = [
  {
    name: "a credential helper that is not there does not stop a public pull",
    runHelper: () =>
      Promise.reject(Object.assign(new Error(), { code: "ENOENT" })),
    says: "is not installed",
  },
  {
    name: "a credential helper that fails does not stop a public pull",
    runHelper: () => Promise.resolve({ code: 3, stdout: PASSWORD }),
    says: "failed with status 3",
  },
  {
    name: "a credential helper that talks nonsense does not stop a public pull",
    runHelper: () => Promise.resolve({ code: 0, stdout: `{${PASSWORD}` }),
    says: "answered with something else than credentials",
  },
];

/** A registry that gives tokens to everybody. */
const PUBLIC: SceneOptions = {
  registry: {
    auth: { kind: "bearer", users: { ada: PASSWORD }, anonymousPull: true },
  },
};

for (const { name, runHelper, says } of HELPERS) {
  Deno.test(name, async () => {
    const login = { credsStore: "vault" };
    await using scene = await openScene({
      ...PUBLIC,
      dockerLogin: {},
      platform: { runHelper },
    });
    await scene.work.write("docker/config.json", JSON.stringify(login));
    const result = await scene.pull("--json");
    await assertPulled(result, scene.work);
    assertStringIncludes(
      result.err,
      `Credential helper docker-credential-vault ${says}`,
    );
  });
}

Deno.test("a login that is not base64 is warned of and does not stop a public pull", async () => {
  await using scene = await openScene({
    ...PUBLIC,
    dockerLogin: { auth: "ada:guess" },
  });
  const result = await scene.pull("--json");
  await assertPulled(result, scene.work);
  assertStringIncludes(result.err, `"auth" is not base64`);
});

Deno.test("a tag under which signatures are kept is said to be one", async () => {
  const digest = `sha256:${"d".repeat(64)}`;
  const reference = digest.replace(":", "-");
  await using scene = await openScene({ reference, push: false });
  const { registry } = scene;
  const mediaType = "application/x-signature";
  const { manifest } = registry.image("acme/greeter", "x", {
    layers: [{ mediaType, content: { a: 1 } }],
  });
  registry.index("acme/greeter", reference, [
    { ...manifest, artifactType: mediaType },
  ]);
  const result = await scene.pull("--json");
  const hint = result.json().extensions[0]?.error?.hint;
  assertStringIncludes(hint ?? "", `Digest("${digest}")`);
  await playRefusal(scene, {
    code: "ARTIFACT_NO_MODULE",
    says: "Failed to pull OCI image",
    isLasting: true,
  });
});
