/**
 * Proxies that the environment names, and certificates behind them. The hosts
 * are in no DNS, so that a pull which does not go through the proxy fails.
 */

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { platform } from "../../src/platform/deno.ts";
import {
  createTestCertificates,
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
} from "../cli/workspace.ts";
import { type CliResult, runCli } from "./cli_process.ts";
import { startProxy } from "./proxy_server.ts";

const GREETER = await fixture("greeter");
const HOST = "registry.test";
const PASSWORD = "correct-horse-battery";

/** A project that wants one extension of a host, with settings for it. */
async function openProject(
  host: string,
  settings: string,
): Promise<Workspace> {
  const work = await openWorkspace();
  const config = forgeRon({
    oci: ociEntry(host, "greeter", "v1"),
    auth:
      `"${host}": RegistryAuth(username_env: Some("ME"), token_env: Some("SECRET"))`,
  });
  const registries = `registries: {"${host}": RegistrySettings(${settings})},`;
  await work.write(
    "forge.ron",
    config.replace("    settings:", `    ${registries}\n    settings:`),
  );
  return work;
}

function pull(
  work: Workspace,
  env: Readonly<Record<string, string>>,
): Promise<CliResult> {
  return runCli(["pull", "--json"], {
    cwd: work.root,
    env: { ME: "ada", SECRET: PASSWORD, ...env },
  });
}

function assertPulled({ status, out, err }: CliResult): void {
  assertEquals(status, 0, err + out);
  assertEquals(JSON.parse(out).extensions[0]?.status, "pulled");
}

async function publish(registry: Registry): Promise<void> {
  await pushWasm(registry, "acme/greeter", "v1", GREETER);
}

const BASIC = { kind: "basic", users: { ada: PASSWORD } } as const;

for (const name of ["HTTPS_PROXY", "https_proxy"]) {
  Deno.test(`${name} leads to a registry with a private authority that wants a client certificate`, async () => {
    const { ca, server, client } = createTestCertificates({ hosts: [HOST] });
    await using registry = await startRegistry({
      tls: { ...server, clientCa: ca },
      auth: BASIC,
    });
    await publish(registry);
    await using proxy = await startProxy({ target: registry.host });
    await using work = await openProject(
      HOST,
      `ca_file: Some("ca.pem"), client_certificate: Some((cert_file: "me.pem", key_file: "me.key"))`,
    );
    await work.write("ca.pem", ca);
    await work.write("me.pem", client.cert);
    await work.write("me.key", client.key);
    assertPulled(await pull(work, { [name]: `http://${proxy.host}` }));
    assertEquals([...new Set(proxy.asked)], [`CONNECT ${HOST}:443`]);
    assertEquals(proxy.credentials.filter((each) => each !== undefined), []);
  });
}

Deno.test("a proxy does not make a certificate trusted that ca_file does not vouch for", async () => {
  const { server } = createTestCertificates({ hosts: [HOST] });
  await using registry = await startRegistry({ tls: server });
  await using proxy = await startProxy({ target: registry.host });
  await using work = await openProject(HOST, `ca_file: Some("ca.pem")`);
  await work.write("ca.pem", createTestCertificates().ca);
  const env = { HTTPS_PROXY: `http://${proxy.host}` };
  const { status, err } = await pull(work, env);
  assertEquals(status, 1);
  assertStringIncludes(err, "certificate not trusted");
  assertEquals(registry.requests.length, 0);
});

Deno.test("the storage that a registry redirects to is reached through the proxy too, without credentials", async () => {
  const storage = "storage.test";
  const { ca, server } = createTestCertificates({ hosts: [HOST, storage] });
  await using registry = await startRegistry({ tls: server, auth: BASIC });
  await using store = await startRegistry({ tls: server });
  await publish(registry);
  registry.fault({
    match: { path: /\/blobs\// },
    action: { kind: "redirect", to: `https://${storage}/blob` },
  });
  store.fault({ action: { kind: "reply", status: 200, body: GREETER } });
  await using proxy = await startProxy({
    target: (host) => host.startsWith(storage) ? store.host : registry.host,
  });
  await using work = await openProject(
    HOST,
    `ca_file: Some("ca.pem"), allowed_hosts: ["${storage}"]`,
  );
  await work.write("ca.pem", ca);
  assertPulled(await pull(work, { HTTPS_PROXY: `http://${proxy.host}` }));
  assertEquals(store.requests.map(({ authorization }) => authorization), [
    undefined,
  ]);
  assertEquals(new Set(proxy.asked).size, 2);
});

Deno.test("HTTP_PROXY is asked for a registry without TLS", async () => {
  await using registry = await startRegistry({ auth: BASIC });
  await publish(registry);
  await using proxy = await startProxy({ target: registry.host });
  await using work = await openProject(HOST, "plain_http: true");
  assertPulled(await pull(work, { HTTP_PROXY: `http://${proxy.host}` }));
  assertEquals(
    proxy.asked[0],
    `GET http://${HOST}/v2/acme/greeter/manifests/v1`,
  );
});

Deno.test("ALL_PROXY stands for those that are not named", async () => {
  await using registry = await startRegistry({ auth: BASIC });
  await publish(registry);
  await using proxy = await startProxy({ target: registry.host });
  await using work = await openProject(HOST, "plain_http: true");
  assertPulled(await pull(work, { ALL_PROXY: `http://${proxy.host}` }));
});

Deno.test("a proxy for plain HTTP is not asked for TLS", async () => {
  const { ca, server } = createTestCertificates();
  await using registry = await startRegistry({ tls: server, auth: BASIC });
  await publish(registry);
  await using proxy = await startProxy({ target: "127.0.0.1:1" });
  await using work = await openProject(
    registry.host,
    `ca_file: Some("ca.pem")`,
  );
  await work.write("ca.pem", ca);
  assertPulled(await pull(work, { HTTP_PROXY: `http://${proxy.host}` }));
  assertEquals(proxy.asked, []);
});

Deno.test("NO_PROXY is reached without the proxy", async () => {
  await using registry = await startRegistry({ auth: BASIC });
  await publish(registry);
  await using proxy = await startProxy({ target: registry.host });
  for (const name of ["NO_PROXY", "no_proxy"]) {
    await using work = await openProject(registry.host, "plain_http: true");
    const env = { HTTP_PROXY: `http://${proxy.host}`, [name]: "127.0.0.1" };
    assertPulled(await pull(work, env));
  }
  assertEquals(proxy.asked, []);
});

Deno.test("the credentials of a proxy go to the proxy alone", async () => {
  const { ca, server } = createTestCertificates({ hosts: [HOST] });
  await using registry = await startRegistry({ tls: server, auth: BASIC });
  await publish(registry);
  const credentials = `Basic ${btoa("eve:proxy-pass")}`;
  await using proxy = await startProxy({ target: registry.host, credentials });
  await using work = await openProject(HOST, `ca_file: Some("ca.pem")`);
  await work.write("ca.pem", ca);
  const env = { HTTPS_PROXY: `http://eve:proxy-pass@${proxy.host}` };
  assertPulled(await pull(work, env));
  assertEquals(new Set(proxy.credentials), new Set([credentials]));
  const told = registry.requests.filter(({ headers }) =>
    "proxy-authorization" in headers
  );
  // Deno 2.9 itself repeats them behind the proxy; docs/permissions.md says so.
  assertEquals(platform.runtime === "node" ? told : [], []);
});

/** Proxies that do not help. */
const BROKEN: readonly {
  readonly name: string;
  readonly credentials: string;
}[] = [
  { name: "refuses the credentials", credentials: "Basic others" },
  { name: "is gone", credentials: "" },
];

for (const { name, credentials } of BROKEN) {
  Deno.test(`a proxy that ${name} ends the pull, and its password is not told`, async () => {
    const proxy = await startProxy({ target: "127.0.0.1:1", credentials });
    if (credentials === "") await proxy[Symbol.asyncDispose]();
    await using work = await openProject(HOST, "retry_budget_secs: Some(0)");
    const env = { HTTPS_PROXY: `http://eve:proxy-pass@${proxy.host}` };
    const { status, out, err } = await pull(work, env);
    assertEquals(status, 1, err);
    const { error } = JSON.parse(out).extensions[0];
    assertEquals(error.code, "NETWORK_FAILED", out);
    assertFalse(/proxy-pass|ZXZl/.test(out + err), err);
    assertFalse((out + err).includes(PASSWORD), err);
    if (credentials !== "") await proxy[Symbol.asyncDispose]();
  });
}

Deno.test("a registry of the public is reached through a proxy that is nearby", async () => {
  const { ca, server } = createTestCertificates({ hosts: ["ghcr.io"] });
  await using registry = await startRegistry({ tls: server });
  await publish(registry);
  await using proxy = await startProxy({ target: registry.host });
  await using work = await openProject("ghcr.io", `ca_file: Some("ca.pem")`);
  await work.write("ca.pem", ca);
  assertPulled(await pull(work, { HTTPS_PROXY: `http://${proxy.host}` }));
  assertEquals(proxy.asked[0], "CONNECT ghcr.io:443");
});
