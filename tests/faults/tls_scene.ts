/**
 * The stage of a fault, with TLS.
 *
 * @module
 */

import type { RegistryTls, TestCertificates } from "../../src/testing/mod.ts";
import { LOGGED_IN, openScene, type Scene } from "./scene.ts";

/** Trusts the authority of the registry. */
export const WITH_CA: string = `ca_file: Some("ca.pem")`;
/** Shows a certificate besides. */
export const WITH_CLIENT: string =
  `${WITH_CA}, client_certificate: Some((cert_file: "me.pem", key_file: "me.key"))`;

/** A registry with TLS, in a project that has all files. */
export async function openTls(
  { ca, client }: TestCertificates,
  options: {
    readonly tls: RegistryTls;
    readonly settings?: string;
    readonly isLoggedIn?: boolean;
  },
): Promise<Scene> {
  const { tls, settings = WITH_CA, isLoggedIn } = options;
  const { registry, ...login } = isLoggedIn ? LOGGED_IN : {};
  const scene = await openScene({
    ...login,
    registry: { ...registry, tls },
    settings,
  });
  await scene.work.write("ca.pem", ca);
  await scene.work.write("me.pem", client.cert);
  await scene.work.write("me.key", client.key);
  return scene;
}
