/**
 * Which hosts a server may send this program to.
 *
 * A registry names other places: token realms, redirects, upload locations,
 * next pages. None of them may weaken the connection, and none may reach into
 * the private network behind this program (advisories against other clients:
 * ggcr#2243, oras-go#1152). Names are not resolved here; an address that hides
 * behind a name is for the allowlist to stop.
 *
 * @module
 */

import { matchesHost } from "./allowlist.ts";
import type { RequestPurpose } from "./fetch.ts";
import { NetworkDeniedError } from "./network_denied_error.ts";

/** Names that cloud providers give to the machine's own metadata. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
]);

/** Options of {@linkcode checkHop}. */
export interface CheckHopOptions {
  /** What leads there. */
  readonly purpose: RequestPurpose;
  /** Hosts that may be private, as {@linkcode matchesHost} has them. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/**
 * Refuses a place that a server may not send this program to.
 *
 * @param from Where the direction came from.
 * @param to Where it points.
 * @param options What it is for, and what is allowed by name.
 * @throws {NetworkDeniedError} When it leaves HTTP, goes from https to http,
 * carries credentials, or reaches a private address that is neither the host
 * it came from nor allowed by name.
 */
export function checkHop(from: URL, to: URL, options: CheckHopOptions): void {
  const { purpose } = options;
  const refuse = (why: string, hint: string): never => {
    throw new NetworkDeniedError(to, { purpose, why, hint });
  };
  if (to.protocol !== "https:" && to.protocol !== "http:") {
    refuse(
      `"${to.protocol}" is not HTTP (sent there by ${from.host})`,
      "Check the registry and the proxy",
    );
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    refuse(
      `it leads from https to http (sent there by ${from.host})`,
      "Ask whoever runs the registry to serve it over https",
    );
  }
  if (to.username !== "" || to.password !== "") {
    refuse(
      `it carries credentials (sent there by ${from.host})`,
      "Ask whoever runs the registry to remove them",
    );
  }
  if (mayBePrivate(from, to, options.allowedHosts ?? [])) return;
  refuse(
    `it is a private address (sent there by ${from.host})`,
    `If that is right, add "${to.host}" to allowed_hosts of the registry in forge.ron`,
  );
}

/** Whether two URLs have the same scheme, host and port. */
export function isSameOrigin(a: URL, b: URL): boolean {
  return a.origin === b.origin;
}

/**
 * Whether a host name is an address that only machines nearby can reach, or
 * one under which clouds serve a machine its secrets.
 *
 * @param hostname As in `URL.hostname`, where number forms are already dotted.
 */
export function isPrivateHost(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (name.startsWith("[")) return isPrivateIpv6(name.slice(1, -1));
  if (/^\d+(\.\d+){3}$/.test(name)) return isPrivateIpv4(name);
  return METADATA_NAMES.has(name) || name === "localhost" ||
    name.endsWith(".localhost");
}

function mayBePrivate(
  from: URL,
  to: URL,
  allowed: readonly string[],
): boolean {
  return !isPrivateHost(to.hostname) || to.hostname === from.hostname ||
    (isLoopback(to.hostname) && isLoopback(from.hostname)) ||
    isAllowedByName(allowed, to);
}

/** Whether a list, as a user writes it, names the host of a URL. */
export function isAllowedByName(hosts: readonly string[], url: URL): boolean {
  return hosts.some((host) => matchesHost(host.toLowerCase(), url));
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") ||
    hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** Where Azure serves a machine its secrets: a public address that is not one. */
const AZURE_WIRE_SERVER = "168.63.129.16";

/** RFC 6890 and its registry: blocks that are not global unicast. */
function isPrivateIpv4(address: string): boolean {
  const [a = 0, b = 0, c = 0] = address.split(".").map(Number);
  return address === AZURE_WIRE_SERVER || a === 0 || a === 10 || a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && (b === 168 || (b === 0 && c === 0))) ||
    (a === 198 && (b === 18 || b === 19));
}

function isPrivateIpv6(address: string): boolean {
  const words = ipv6Words(address);
  const [first = 0, second = 0] = words;
  return (first & 0xfe00) === 0xfc00 || (first & 0xff80) === 0xfe80 ||
    (first & 0xff00) === 0xff00 ||
    // For networks of one's own: 64:ff9b:1::/48 (RFC 8215).
    (first === 0x64 && second === 0xff9b && words[2] === 1) ||
    embeddedIpv4(words).some(isPrivateIpv4);
}

/** IPv4 addresses that stand for a machine inside of an IPv6 address. */
function embeddedIpv4(words: readonly number[]): readonly string[] {
  const at = (index: number) =>
    [words[index] ?? 0, words[index + 1] ?? 0]
      .flatMap((word) => [word >> 8, word & 255]).join(".");
  const [first, second] = words;
  // 6to4 (RFC 3056): 2002::/16.
  if (first === 0x2002) return [at(1)];
  // ::, ::1, ::ffff:0:0/96 and ::ffff:0:0:0/96 (RFC 2765), 64:ff9b::/96 (RFC 6052).
  const isEmbedded = words.slice(0, 4).every((word) => word === 0) ||
    (first === 0x64 && second === 0xff9b);
  return isEmbedded ? [at(6)] : [];
}

function ipv6Words(address: string): number[] {
  const [head = "", tail] = address.split("::", 2);
  const read = (text: string) =>
    text === "" ? [] : text.split(":").map((word) => parseInt(word, 16));
  const before = read(head);
  if (tail === undefined) return before;
  const after = read(tail);
  const gap = Math.max(0, 8 - before.length - after.length);
  return [...before, ...new Array<number>(gap).fill(0), ...after];
}
