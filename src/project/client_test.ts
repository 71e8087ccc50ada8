import { assertEquals, assertRejects } from "@std/assert";
import { type Config, parseConfig } from "../config/mod.ts";
import { NetworkDeniedError } from "../http/mod.ts";
import { platform } from "../platform/deno.ts";
import type { PlatformFetch } from "../platform/types.ts";
import { createProjectClient } from "./client.ts";

function configFor(registry: string, settings = ""): Config {
  return parseConfig(`(extensions: (
    oci: [(name: "a", registry: "${registry}", image: "b/c", reference: Tag("v1"))],
    registries: {${settings}},
    settings: (docker_credentials: false),
  ))`).config;
}

/** Resolves a tag with a network of its own, and tells what that was asked. */
async function asked(
  config: Config,
  registry: string,
  fetch: PlatformFetch,
): Promise<readonly (boolean | undefined)[]> {
  const heard: (boolean | undefined)[] = [];
  const client = await createProjectClient(config, {
    platform: {
      ...platform,
      fetch: (input, init) => {
        heard.push(init?.publicOnly);
        return fetch(input, init);
      },
    },
    root: "/",
    offline: false,
  });
  await client.repository(registry, "b/c").resolve("v1").catch((error) => {
    if (error instanceof NetworkDeniedError) throw error;
  });
  return heard;
}

const notFound: PlatformFetch = () =>
  Promise.resolve(new Response(null, { status: 404 }));

Deno.test("well-known registries are reached at public addresses only", async () => {
  for (const host of ["ghcr.io", "GHCR.io", "index.docker.io"]) {
    const heard = await asked(configFor(host), host, notFound);
    assertEquals([...new Set(heard)], [true], host);
  }
});

Deno.test("other registries may be private, and so may a private endpoint that is named", async () => {
  const company = configFor("registry.company.com");
  assertEquals(
    [...new Set(await asked(company, "registry.company.com", notFound))],
    [false],
  );
  const ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const named = configFor(ecr, `"${ecr}": (allowed_hosts: ["${ecr}"])`);
  assertEquals([...new Set(await asked(named, ecr, notFound))], [false]);
});

Deno.test("a public name with a private address is refused in words", async () => {
  const failing: PlatformFetch = () => {
    const cause = Object.assign(
      new Error("ghcr.io resolves to the private address 10.0.0.1"),
      { code: "ERR_PRIVATE_ADDRESS" },
    );
    return Promise.reject(new TypeError("fetch failed", { cause }));
  };
  const error = await assertRejects(
    () => asked(configFor("ghcr.io"), "ghcr.io", failing),
    NetworkDeniedError,
  );
  assertEquals(error.host, "ghcr.io:443");
  assertEquals(
    error.message,
    "Refused to connect to ghcr.io:443 (api): it is a public registry's, and ghcr.io resolves to the private address 10.0.0.1",
  );
});

Deno.test("settings of a registry are found however its host is written", async () => {
  const config = configFor(
    "Registry.Company.com",
    `"registry.company.COM": (allowed_hosts: ["Blobs.Company.com"])`,
  );
  const heard: string[] = [];
  await asked(config, "Registry.Company.com", (input) => {
    const { host } = new URL(input);
    heard.push(host);
    return Promise.resolve(
      host === "blobs.company.com"
        ? new Response(null, { status: 404 })
        : new Response(null, {
          status: 307,
          headers: { location: "https://blobs.company.com/x" },
        }),
    );
  });
  assertEquals([...new Set(heard)], [
    "registry.company.com",
    "blobs.company.com",
  ]);
});
