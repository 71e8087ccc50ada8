/**
 * What a configuration must keep to beyond its shape: names, references,
 * hosts.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  parseDigest,
  parseRegistryHost,
  parseRepository,
  parseTag,
} from "../oci/mod.ts";
import {
  createDiagnostic,
  type RonDiagnostic,
  type RonDocument,
  type RonPath,
  spanOf,
} from "../ron/mod.ts";
import type { RawConfig } from "./schema.ts";
import { isSlug, suggestSlug } from "./slug.ts";

/** What the checks found, in the order of the file. */
type Report = (path: RonPath, message: string, hint?: string) => void;

/**
 * Checks a decoded configuration.
 *
 * @returns All findings; each is an error.
 */
export function validateConfig(
  raw: RawConfig,
  document: RonDocument,
): readonly RonDiagnostic<string>[] {
  const found: RonDiagnostic<string>[] = [];
  const report: Report = (path, message, hint) => {
    const span = spanOf(document, ["extensions", ...path], { nearest: true });
    found.push(createDiagnostic(document.text, {
      severity: "error",
      code: "InvalidConfig",
      message,
      hint,
      offset: span?.offset ?? 0,
      length: span?.length ?? 0,
    }));
  };
  const { oci, local, auth, registries } = raw.extensions;
  checkNames(raw, report);
  oci.forEach((extension, i) => checkOci(extension, ["oci", i], report));
  local.forEach(({ path }, i) => {
    if (path === "") report(["local", i, "path"], "Path is empty");
  });
  for (const host of auth.keys()) checkHost(host, ["auth", host], report);
  for (const [host, settings] of registries) {
    checkHost(host, ["registries", host], report);
    settings.mirrors.forEach((mirror, i) =>
      checkHost(mirror, ["registries", host, "mirrors", i], report)
    );
    // `*.name` means every host below a name; nothing means every host.
    settings.allowed_hosts.forEach((allowed, i) =>
      checkHost(
        allowed.replace(/^\*\.(?=[^.]+\.)/, ""),
        ["registries", host, "allowed_hosts", i],
        report,
      )
    );
  }
  return found.sort((a, b) => a.offset - b.offset);
}

function checkNames(raw: RawConfig, report: Report): void {
  const taken = new Map<string, string>();
  for (const list of ["oci", "local"] as const) {
    raw.extensions[list].forEach(({ name }, i) => {
      const path = [list, i, "name"];
      if (!isSlug(name)) {
        const better = suggestSlug(name);
        report(
          path,
          `Name ${JSON.stringify(name)} is not a-z, 0-9 and single hyphens`,
          better === undefined ? undefined : `Write "${better}"`,
        );
        return;
      }
      const other = taken.get(name);
      if (other !== undefined) {
        report(
          path,
          `Name "${name}" is taken by ${other}`,
          "A name becomes a database file: give each extension its own",
        );
        return;
      }
      taken.set(name, `${list}[${i}]`);
    });
  }
}

function checkOci(
  extension: RawConfig["extensions"]["oci"][number],
  path: RonPath,
  report: Report,
): void {
  const { registry, image, reference } = extension;
  const hostIsFine = checkHost(registry, [...path, "registry"], report);
  check(report, [...path, "image"], () => {
    parseRepository(hostIsFine ? registry : "localhost", image);
  });
  check(report, [...path, "reference"], () => {
    if (reference.kind === "Tag") parseTag(reference.value);
    else parseDigest(reference.value);
  });
}

function checkHost(host: string, path: RonPath, report: Report): boolean {
  return check(report, path, () => parseRegistryHost(host));
}

function check(report: Report, path: RonPath, parse: () => void): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    report(path, error.message, error.hint);
    return false;
  }
}
