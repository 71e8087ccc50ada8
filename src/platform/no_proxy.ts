/**
 * Which hosts the environment wants to be reached without its proxy.
 *
 * Undici takes a name for that host alone, and knows no networks; everyone
 * else, Deno among them, does otherwise.
 *
 * @module
 */

import { BlockList, isIP } from "node:net";

/**
 * Whether a list, as in `NO_PROXY`, names the host of a URL.
 *
 * @param list Names (all below them are meant too; `.name` and `*.name` are the
 * same), addresses, networks such as `10.0.0.0/8`, each with a port or without;
 * or `*`.
 * @param url Where a request goes.
 */
export function isWithoutProxy(list: string, url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$|\.$/g, "");
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  return list.split(/[\s,]+/).filter((entry) => entry !== "")
    .some((entry) => isNamed(entry.toLowerCase(), host, port));
}

function isNamed(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [net = "", bits] = entry.split("/", 2);
  if (isIP(bare(net)) !== 0) return isInNetwork(bare(net), bits, host);
  const [, name = "", wanted] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wanted !== undefined && wanted !== port) return false;
  if (isIP(bare(name)) !== 0) return isInNetwork(bare(name), undefined, host);
  const domain = name.replace(/^\*?\./, "");
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isInNetwork(
  net: string,
  bits: string | undefined,
  host: string,
): boolean {
  if (isIP(host) !== isIP(net)) return false;
  const family = isIP(net) === 6 ? "ipv6" : "ipv4";
  const length = Number(bits ?? (family === "ipv6" ? 128 : 32));
  const isLength = Number.isInteger(length) && length >= 0 &&
    length <= (family === "ipv6" ? 128 : 32);
  if (!isLength) return false;
  const network = new BlockList();
  network.addSubnet(net, length, family);
  return network.check(host, family);
}

function bare(address: string): string {
  return address.replace(/^\[(.*)\]$/, "$1");
}
