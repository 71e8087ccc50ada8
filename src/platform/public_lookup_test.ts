import { assert, assertEquals } from "@std/assert";
import type { LookupAddress, LookupOptions } from "node:dns";
import { isIPv6 } from "node:net";
import { createPublicLookup, type Resolver } from "./public_lookup.ts";

const answering = (...addresses: readonly string[]): Resolver =>
(
  _hostname,
  _options,
  callback,
) =>
  callback(
    null,
    addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
  );

interface Found {
  readonly error: NodeJS.ErrnoException | null;
  readonly address: string | LookupAddress[];
  readonly family: number | undefined;
}

async function look(
  resolve: Resolver,
  options: LookupOptions = {},
): Promise<Found> {
  const lookup = await createPublicLookup(resolve);
  return await new Promise((done) =>
    lookup(
      "registry.example",
      options,
      (error, address, family) => done({ error, address, family }),
    )
  );
}

Deno.test("public addresses are passed on", async (t) => {
  const addresses = [
    ...["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0"],
    ...["140.82.121.33", "172.15.0.1", "172.32.0.1", "192.0.1.1"],
    ...["192.169.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255"],
    ...["2606:50c0:8000::154", "2001:4860:4860::8888"],
    ...["::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
  ];
  for (const address of addresses) {
    await t.step(address, async () => {
      const family = isIPv6(address) ? 6 : 4;
      assertEquals(await look(answering(address)), {
        error: null,
        address,
        family,
      });
    });
  }
});

Deno.test("addresses that are not public are refused", async (t) => {
  const addresses = [
    ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200"],
    ...[
      "127.0.0.1",
      "127.255.255.254",
      "168.63.129.16",
      "169.254.169.254",
      "172.16.0.1",
    ],
    ...["172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1"],
    ...["198.19.255.255", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...["::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe"],
    ...["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"],
    ...["2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1"],
    ...["fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1"],
  ];
  for (const address of addresses) {
    await t.step(address, async () => {
      const { error, address: given } = await look(answering(address));
      assertEquals(error?.code, "ERR_PRIVATE_ADDRESS");
      assertEquals(
        error?.message,
        `registry.example resolves to the private address ${address}`,
      );
      assertEquals(given, []);
    });
  }
});

Deno.test("one private address among public ones refuses the name", async () => {
  const mixed = answering("8.8.8.8", "10.0.0.1");
  for (const all of [true, false]) {
    const { error } = await look(mixed, { all });
    assertEquals(error?.code, "ERR_PRIVATE_ADDRESS");
  }
});

Deno.test("who asks for all addresses gets all, who asks for one the first", async () => {
  const two = answering("2606:4700::1", "8.8.8.8");
  assertEquals((await look(two, { all: true })).address, [
    { address: "2606:4700::1", family: 6 },
    { address: "8.8.8.8", family: 4 },
  ]);
  const one = await look(two);
  assertEquals([one.address, one.family], ["2606:4700::1", 6]);
});

Deno.test("the resolver hears the options, and always for all addresses", async () => {
  const heard: unknown[] = [];
  await look((hostname, options, callback) => {
    heard.push(hostname, options);
    callback(null, [{ address: "8.8.8.8", family: 4 }]);
  }, { family: 4, all: false });
  assertEquals(heard, ["registry.example", { family: 4, all: true }]);
});

Deno.test("a name that is not found stays an error of the resolver", async () => {
  const problem = Object.assign(new Error("no such name"), {
    code: "ENOTFOUND",
  });
  const { error } = await look((_hostname, _options, callback) =>
    callback(problem, [])
  );
  assert(error === problem);
});
