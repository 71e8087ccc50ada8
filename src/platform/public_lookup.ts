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

type Callback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Addresses that are not on the public internet (IANA special-purpose registries). */
const NOT_PUBLIC: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
  ["::", 127],
  ["::ffff:0:0", 96],
  ["64:ff9b:1::", 48],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
];

/** Looks names up as `node:dns` does and refuses those that are not public. */
export async function createPublicLookup(): Promise<
  (hostname: string, options: LookupOptions, callback: Callback) => void
> {
  const { lookup } = await import("node:dns");
  const blocked = new BlockList();
  for (const [net, prefix] of NOT_PUBLIC) {
    blocked.addSubnet(net, prefix, isIPv6(net) ? "ipv6" : "ipv4");
  }
  const isPrivate = ({ address }: LookupAddress) =>
    blocked.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const refused = found.find(isPrivate);
      if (refused !== undefined) {
        const problem: NodeJS.ErrnoException = new Error(
          `${hostname} resolves to the private address ${refused.address}`,
        );
        problem.code = "ERR_PRIVATE_ADDRESS";
        return callback(problem, []);
      }
      if (options.all) return callback(null, found);
      const [first] = found;
      callback(null, first?.address ?? "", first?.family);
    });
  };
}
