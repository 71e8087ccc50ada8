/**
 * A name lookup for Node that refuses answers in private networks.
 *
 * A public registry's name that resolves to this machine, the local network or
 * a cloud's metadata service was tampered with, or never was that registry.
 *
 * @module
 */

import type { LookupAddress, LookupOptions } from "node:dns";
import { BlockList, isIPv6 } from "node:net";

/** Receives the addresses of a name, or why there are none. */
export type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Looks a name up, in the manner of `lookup` of `node:dns`. */
export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: LookupCallback,
) => void;

/** Finds all addresses of a name. */
export type Resolver = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (
    error: NodeJS.ErrnoException | null,
    addresses: LookupAddress[],
  ) => void,
) => void;

/**
 * Addresses that are not on the public internet (IANA special-purpose
 * registries). `BlockList` holds IPv4 addresses inside of `::ffff:0:0/96` to
 * the rules for IPv4, and the other way round: a rule for that block would
 * mean every IPv4 address there is.
 */
const NOT_PUBLIC_IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // A public address under which Azure serves a machine its secrets.
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];
const NOT_PUBLIC_IPV6: readonly (readonly [string, number])[] = [
  ["::", 96],
  ["64:ff9b:1::", 48],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];
/** Blocks that hold an IPv4 address behind so many bits (RFC 6052, RFC 3056). */
const EMBEDDING: readonly (readonly [head: string, bits: number])[] = [
  ["64:ff9b::", 96],
  ["2002:", 16],
];

/**
 * Looks names up and refuses those that have any address that is not public.
 *
 * @param resolve Finds the addresses; `lookup` of `node:dns` if not given.
 * @returns A lookup that fails with the code `ERR_PRIVATE_ADDRESS`.
 */
export async function createPublicLookup(resolve?: Resolver): Promise<Lookup> {
  const find: Resolver = resolve ?? (await import("node:dns")).lookup;
  const blocked = notPublic();
  const isPrivate = ({ address }: LookupAddress) =>
    blocked.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  return (hostname, options, callback) => {
    find(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const refused = found.find(isPrivate);
      if (refused !== undefined) {
        return callback(privateAddress(hostname, refused.address), []);
      }
      if (options.all) return callback(null, found);
      const [first] = found;
      callback(null, first?.address ?? "", first?.family);
    });
  };
}

function notPublic(): BlockList {
  const blocked = new BlockList();
  for (const [net, prefix] of NOT_PUBLIC_IPV4) {
    blocked.addSubnet(net, prefix, "ipv4");
    for (const [head, bits] of EMBEDDING) {
      const inside = `${head}${inHex(net)}${bits === 96 ? "" : "::"}`;
      blocked.addSubnet(inside, bits + prefix, "ipv6");
    }
  }
  for (const [net, prefix] of NOT_PUBLIC_IPV6) {
    blocked.addSubnet(net, prefix, "ipv6");
  }
  return blocked;
}

/** An IPv4 address as the two words that it is in an IPv6 address. */
function inHex(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function privateAddress(
  hostname: string,
  address: string,
): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(
    `${hostname} resolves to the private address ${address}`,
  );
  error.code = "ERR_PRIVATE_ADDRESS";
  return error;
}
