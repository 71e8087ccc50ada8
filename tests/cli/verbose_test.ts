/** `--verbose`: every request is told, and no secret with it. */

import { assert, assertEquals } from "@std/assert";
import { platform } from "../../src/platform/deno.ts";
import {
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "./workspace.ts";

const SECRET = "s3cret-pass";
const SIGNATURE = "signature-of-storage";

async function setUp(registry: Registry): Promise<Workspace> {
  const clock = { ...platform.clock, random: () => 0 };
  const work = await openWorkspace({
    env: { USER_NAME: "ada", USER_PASS: SECRET },
    platform: { clock },
  });
  await pushWasm(registry, "acme/notes", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "notes", "v1"),
      auth:
        `"${registry.host}": RegistryAuth(username_env: Some("USER_NAME"), token_env: Some("USER_PASS"))`,
    }),
  );
  return work;
}

const bearer = () =>
  startRegistry({ auth: { kind: "bearer", users: { ada: SECRET } } });

/** The tokens that the registry gave away. */
function tokensOf(registry: Registry): string[] {
  return registry.requests.flatMap(({ headers }) => {
    const token = /^Bearer (.+)$/.exec(headers["authorization"] ?? "")?.[1];
    return token === undefined ? [] : [token];
  });
}

Deno.test("every request is told with its status, and no secret is", async () => {
  await using registry = await bearer();
  await using work = await setUp(registry);
  registry.fault({
    match: { path: /\/blobs\/sha256:/, nth: 1 },
    action: {
      kind: "redirect",
      to: ({ path }) => `${path}?X-Sig=${SIGNATURE}`,
    },
  });
  const { status, err, json } = await work.forge("pull", "--verbose", "--json");
  assertEquals(status, 0, err);
  assertEquals(json().ok, true);
  const log = err.split("\n").filter((line) => / [1-5]\d\d, /.test(line));
  const statuses = log.map((line) => / (\d\d\d), \d+ ms$/.exec(line)?.[1]);
  assertEquals(statuses, ["401", "200", "200", "307", "200"], err);
  assert(log[0]?.startsWith("GET http://"), err);
  assert(log[0]?.includes("/v2/acme/notes/manifests/v1 "), err);
  assert(log.at(-1)?.includes("?X-Sig=REDACTED "), err);
  const tokens = tokensOf(registry);
  assert(tokens.length > 0);
  for (const secret of [SECRET, btoa(`ada:${SECRET}`), SIGNATURE, ...tokens]) {
    assert(!err.includes(secret), err);
  }
});

Deno.test("a request without an answer is told as well", async () => {
  await using registry = await bearer();
  await using work = await setUp(registry);
  registry.fault({
    match: { path: /\/manifests\//, nth: 1 },
    action: { kind: "reset" },
  });
  const { status, err } = await work.forge("pull", "-v");
  assertEquals(status, 0, err);
  assert(
    err.split("\n").some((line) =>
      /^GET \S+\/manifests\/v1 failed after \d+ ms$/.test(line)
    ),
    err,
  );
});

Deno.test("who does not ask for requests gets none", async () => {
  await using registry = await bearer();
  await using work = await setUp(registry);
  const { err } = await work.forge("pull");
  assert(!err.includes("/v2/"), err);
});

Deno.test("the commands that name an image tell their requests too", async () => {
  await using registry = await bearer();
  await using work = await setUp(registry);
  const image = `${registry.host}/acme/notes`;
  for (
    const line of [
      ["tags", image],
      ["digest", `${image}:v1`],
      ["referrers", `${image}:v1`],
      ["outdated"],
      ["doctor"],
    ]
  ) {
    const { err } = await work.forge(...line, "--verbose");
    assert(
      /^(GET|HEAD) \S+\/v2\/\S* 200, \d+ ms$/m.test(err),
      `${line}: ${err}`,
    );
    assert(!err.includes(SECRET), err);
  }
});
