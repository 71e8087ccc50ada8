/**
 * What a configuration must keep to beyond its shape: names, references,
 * hosts.
 *
 * @module
 */

import { isWithin, resolve } from "../path.ts";
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
import { DEFAULT_CACHE_DIR, DEFAULT_DATA_DIR } from "./model.ts";
import type { RawConfig, RawLimits } from "./schema.ts";
import { isSlug, suggestSlug } from "./slug.ts";
import { checkTrust } from "./validate_trust.ts";

/** What the checks found, in the order of the file. */
export type Report = (path: RonPath, message: string, hint?: string) => void;

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
  const { oci, local, auth, registries, trust } = raw.extensions;
  checkNames(raw, report);
  oci.forEach((extension, i) => checkOci(extension, ["oci", i], report));
  if (trust !== undefined) checkTrust(trust, ["trust"], report);
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
  checkData(raw, report);
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

/** Memory that 32 bits can address. */
const MAX_MEMORY_MIB = 4096;

function checkData({ extensions }: RawConfig, report: Report): void {
  const { oci, local, settings } = extensions;
  checkDirectories(settings, report);
  const check = (limits: RawLimits | undefined, path: RonPath) => {
    for (const [name, value] of Object.entries(limits ?? {})) {
      if (value === undefined || typeof value === "object") continue;
      if (value < 1) report([...path, name], `Limit ${name} is ${value}`);
    }
    const memory = limits?.memory_mib ?? 0;
    if (memory > MAX_MEMORY_MIB) {
      report(
        [...path, "memory_mib"],
        `Memory of ${memory} MiB is more than a module can have`,
        `Write ${MAX_MEMORY_MIB} at most`,
      );
    }
  };
  check(settings.limits, ["settings", "limits"]);
  oci.forEach(({ limits }, i) => check(limits, ["oci", i, "limits"]));
  local.forEach(({ limits }, i) => check(limits, ["local", i, "limits"]));
}

/**
 * Extensions write to the data directory: what decides over them must not be
 * in it, nor it among the modules.
 */
function checkDirectories(
  { cache_dir, data_dir }: RawConfig["extensions"]["settings"],
  report: Report,
): void {
  const root = resolve("/project");
  const data = resolve(root, data_dir ?? DEFAULT_DATA_DIR);
  const cache = resolve(root, cache_dir ?? DEFAULT_CACHE_DIR);
  const isIn = (path: string, directory: string) =>
    isWithin(path, directory) || directory === resolve("/");
  const path = ["settings", "data_dir"];
  const hint = "Name a directory that is for the data of extensions only";
  if (isIn(root, data)) {
    report(path, "Data directory has the project in it", hint);
  } else if (isIn(cache, data) || isIn(data, cache)) {
    report(path, "Data directory and cache directory are not apart", hint);
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
  const { trust } = extension;
  if (trust !== undefined) checkTrust(trust, [...path, "trust"], report);
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
