/**
 * What `trust` must keep to: it names somebody, and what vouches for them.
 *
 * @module
 */

import type { RonPath } from "../ron/mod.ts";
import type { RawTrust } from "./schema.ts";
import type { Report } from "./validate.ts";

/** Reports what in a `trust` cannot be meant. */
export function checkTrust(
  { required, keys, identities, trusted_root }: RawTrust,
  path: RonPath,
  report: Report,
): void {
  if (required && keys.length === 0 && identities.length === 0) {
    report(
      path,
      "Signatures are demanded, and nobody is named who may make them",
      "Name keys or identities, or write required: false",
    );
  }
  keys.forEach((key, i) => {
    if (key === "") report([...path, "keys", i], "Path is empty");
  });
  if (trusted_root === "") report([...path, "trusted_root"], "Path is empty");
  if (identities.length > 0 && trusted_root === undefined) {
    report(
      [...path, "identities"],
      "Identities are trusted, and nothing that vouches for them",
      "Name the trusted_root.json of the Sigstore instance in trusted_root",
    );
  }
  identities.forEach(({ identity, issuer }, i) => {
    const base = [...path, "identities", i];
    checkIdentity(identity, [...base, "identity"], report);
    if (issuer === "" || issuer.includes("*")) {
      report(
        [...base, "issuer"],
        `Issuer ${JSON.stringify(issuer)} is not one identity provider`,
        'Write its URL in full, such as "https://token.actions.githubusercontent.com"',
      );
    }
  });
}

/** A `*` elsewhere would let strangers choose what it stands for, such as the rest of a host. */
function checkIdentity(identity: string, path: RonPath, report: Report): void {
  const star = identity.indexOf("*");
  const isSound = star < 0 ? identity !== "" : star === identity.length - 1 &&
    /^[a-z][a-z\d+.-]*:\/\/[^/]+\//i.test(identity);
  if (isSound) return;
  report(
    path,
    `Identity ${JSON.stringify(identity)} is not one that can be trusted`,
    "Write it in full, or as what a URI begins with, its host and a / at least, and one * at its end",
  );
}
