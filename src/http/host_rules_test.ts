import { assertEquals, assertThrows } from "@std/assert";
import { checkHop, isPrivateHost } from "./host_rules.ts";
import { NetworkDeniedError } from "./network_denied_error.ts";

const hostOf = (url: string) => new URL(url).hostname;

Deno.test("addresses that are not for the public are recognised however they are written", () => {
  const table = [
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://100.64.0.1/",
    "http://169.254.169.254/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.0.0.192/",
    "http://192.168.1.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a00:1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://168.63.129.16/",
    "http://[::ffff:0:7f00:1]/",
    "http://[64:ff9b:1::808:808]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://registry.localhost/",
    "http://metadata.google.internal/",
    "http://metadata/",
  ];
  assertEquals(table.filter((url) => !isPrivateHost(hostOf(url))), []);
});

Deno.test("a private place may be allowed in all forms that name a host", () => {
  const from = new URL("https://r.example/");
  const to = new URL("https://10.0.0.5/token");
  for (const host of ["10.0.0.5", "10.0.0.5:443"]) {
    checkHop(from, to, { purpose: "realm", allowedHosts: [host] });
  }
  for (const host of ["10.0.0.5:8443", "10.0.0.50", "*.0.0.5.example"]) {
    assertThrows(
      () => checkHop(from, to, { purpose: "realm", allowedHosts: [host] }),
      NetworkDeniedError,
    );
  }
  const local = new URL("https://Registry.localhost/token");
  for (const host of ["REGISTRY.localhost", "*.localhost"]) {
    checkHop(from, local, { purpose: "realm", allowedHosts: [host] });
  }
});

Deno.test("public hosts are not taken for private ones", () => {
  const table = [
    "https://ghcr.io/",
    "https://8.8.8.8/",
    "https://172.32.0.1/",
    "https://100.128.0.1/",
    "https://192.0.2.1/",
    "https://[2606:4700::1111]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[64:ff9b::808:808]/",
    "https://[2002:808:808::1]/",
    "https://168.63.129.17/",
    "https://localhost.example/",
    "https://10.example/",
  ];
  assertEquals(table.filter((url) => isPrivateHost(hostOf(url))), []);
});

Deno.test("a server may lead to these places", async (t) => {
  const table: readonly [from: string, to: string, allowed?: string[]][] = [
    ["https://ghcr.io/", "https://blobs.example/x"],
    ["http://registry.example/", "https://blobs.example/x"],
    ["http://127.0.0.1:5000/", "http://127.0.0.1:9000/x"],
    ["http://localhost:5000/", "http://127.0.0.1:9000/x"],
    ["https://10.0.0.1/", "https://10.0.0.1:8443/x"],
    ["https://r.example/", "https://10.0.0.1/x", ["10.0.0.1"]],
    ["https://r.example/", "https://10.0.0.1:81/x", ["10.0.0.1:81"]],
  ];
  for (const [from, to, allowedHosts] of table) {
    await t.step(`${from} to ${to}`, () => {
      const options = { purpose: "redirect", allowedHosts } as const;
      const result = checkHop(new URL(from), new URL(to), options);
      assertEquals(result, undefined);
    });
  }
});

Deno.test("a server may not lead to these places", async (t) => {
  const table: readonly [from: string, to: string, allowed?: string[]][] = [
    ["https://ghcr.io/", "http://ghcr.io/x"],
    ["https://10.0.0.1/", "http://10.0.0.1/x", ["10.0.0.1"]],
    ["https://ghcr.io/", "https://169.254.169.254/latest"],
    ["https://ghcr.io/", "https://localhost/"],
    ["https://ghcr.io/", "https://metadata.google.internal/"],
    ["http://10.0.0.1/", "http://10.0.0.2/"],
    ["http://127.0.0.1/", "http://192.168.0.1/"],
    ["https://r.example/", "https://10.0.0.1:82/", ["10.0.0.1:81"]],
    ["https://ghcr.io/", "https://user:secret@blobs.example/"],
    ["https://ghcr.io/", "file:///etc/passwd"],
    ["https://ghcr.io/", "data:text/plain,x"],
  ];
  for (const [from, to, allowedHosts] of table) {
    await t.step(`${from} to ${to}`, () => {
      const error = assertThrows(
        () =>
          checkHop(new URL(from), new URL(to), {
            purpose: "upload location",
            allowedHosts,
          }),
        NetworkDeniedError,
      );
      assertEquals(error.purpose, "upload location");
      assertEquals(error.message.includes("secret"), false);
    });
  }
});
