/**
 * Certificates for a registry on this machine, made when they are needed, so
 * that no private key lies in a repository and none expires there.
 *
 * @module
 */

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  bitString,
  booleanTrue,
  der,
  objectId,
  octetString,
  sequence,
  smallInteger,
  time,
  utf8String,
} from "./der.ts";

/** A private key and the certificate that goes with it, in PEM. */
export interface KeyAndCertificate {
  /** The private key (PKCS #8). */
  readonly key: string;
  /** The certificate. */
  readonly cert: string;
}

/** A private certificate authority, and what it has signed. */
export interface TestCertificates {
  /** The certificate of the authority, in PEM: what a client has to trust. */
  readonly ca: string;
  /** For the registry. */
  readonly server: KeyAndCertificate;
  /** For a client that identifies itself by one. */
  readonly client: KeyAndCertificate;
}

/** Options of {@linkcode createTestCertificates}. */
export interface CreateTestCertificatesOptions {
  /** Names and IPv4 addresses of the server; this machine's when absent. */
  readonly hosts?: readonly string[];
  /** When it is, in milliseconds since the epoch; validity is a day around it. */
  readonly now?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const ECDSA_WITH_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));
const COMMON_NAME = "2.5.4.3";
const SUBJECT_ALT_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const IPV4 = /^[0-9]+(\.[0-9]+){3}$/;

/** Who signs: a name and a key. */
interface Signer {
  readonly name: string;
  readonly key: KeyObject;
}

/**
 * Makes a certificate authority that nobody knows, and a server and a client
 * certificate of it.
 *
 * @param options Names of the server, and the time.
 *
 * @example
 * ```ts
 * import { createTestCertificates, startRegistry } from "@forgepoint/forge/testing";
 *
 * const { server } = createTestCertificates();
 * await using registry = await startRegistry({ tls: server });
 * registry.origin.startsWith("https://"); // true
 * ```
 */
export function createTestCertificates(
  options: CreateTestCertificatesOptions = {},
): TestCertificates {
  const { hosts = ["localhost", "127.0.0.1"], now = Date.now() } = options;
  const authority = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const signer: Signer = { name: "Test CA", key: authority.privateKey };
  const ca = certificate(signer, {
    name: signer.name,
    publicKey: authority.publicKey,
    extensions: [
      // RFC 5280, section 4.2.1.9.
      sequence(
        objectId(BASIC_CONSTRAINTS),
        booleanTrue(),
        octetString(sequence(booleanTrue())),
      ),
    ],
    serial: 1,
    now,
  });
  return {
    ca,
    server: leaf(signer, { name: "registry", hosts, serial: 2, now }),
    client: leaf(signer, { name: "client", hosts: ["client"], serial: 3, now }),
  };
}

function leaf(
  signer: Signer,
  subject: {
    readonly name: string;
    readonly hosts: readonly string[];
    readonly serial: number;
    readonly now: number;
  },
): KeyAndCertificate {
  const { name, hosts, serial, now } = subject;
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
  });
  const names = sequence(...hosts.map(generalName));
  const extensions = [
    sequence(objectId(SUBJECT_ALT_NAME), octetString(names)),
  ];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: certificate(signer, { name, publicKey, extensions, serial, now }),
  };
}

/** RFC 5280, section 4.1. */
function certificate(
  signer: Signer,
  subject: {
    readonly name: string;
    readonly publicKey: KeyObject;
    readonly extensions: readonly Uint8Array[];
    readonly serial: number;
    readonly now: number;
  },
): string {
  const { name, publicKey, extensions, serial, now } = subject;
  const version3 = der(0xa0, smallInteger(2));
  const body = sequence(
    version3,
    smallInteger(serial),
    ECDSA_WITH_SHA256,
    distinguishedName(signer.name),
    sequence(time(now - DAY_MS), time(now + DAY_MS)),
    distinguishedName(name),
    new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    der(0xa3, sequence(...extensions)),
  );
  const signature = new Uint8Array(sign("sha256", body, signer.key));
  return toPem(sequence(body, ECDSA_WITH_SHA256, bitString(signature)));
}

function distinguishedName(commonName: string): Uint8Array {
  const attribute = sequence(objectId(COMMON_NAME), utf8String(commonName));
  return sequence(der(0x31, attribute));
}

/** RFC 5280, section 4.2.1.6: dNSName or iPAddress. */
function generalName(host: string): Uint8Array {
  return IPV4.test(host)
    ? der(0x87, Uint8Array.from(host.split("."), Number))
    : der(0x82, new TextEncoder().encode(host));
}

function toPem(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [
    "-----BEGIN CERTIFICATE-----",
    ...lines,
    "-----END CERTIFICATE-----",
    "",
  ].join("\n");
}
