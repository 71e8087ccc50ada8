/**
 * What a valid configuration says that is probably not meant, or not wise, as
 * far as the file alone can tell.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { isLoopbackHost, parseRegistryHost } from "../oci/mod.ts";
import type { RonDocument, RonPath } from "../ron/mod.ts";
import { type ConfigFinding, type Lint, locateLints } from "./finding.ts";
import { lintCredentials } from "./lint_credentials.ts";
import type { RawConfig, RawTrust } from "./schema.ts";
import { suggestSlug } from "./slug.ts";

/** `Extensions` as the file has it. */
export type RawExtensions = RawConfig["extensions"];

/**
 * Looks at a decoded configuration. It need not be valid.
 *
 * @returns The findings in the order of the file.
 */
export function lintConfig(
  raw: RawConfig,
  document: RonDocument,
): readonly ConfigFinding[] {
  const { extensions } = raw;
  return locateLints([
    ...lintCredentials(extensions),
    ...lintNames(extensions),
    ...lintReferences(extensions),
    ...lintTwins(extensions),
    ...lintHosts(extensions),
    ...trustsIn(extensions).flatMap(lintTrust),
    ...lintSettings(extensions),
  ], document);
}

/** Names that are spelled differently and make one slug; equal names are invalid anyway. */
function* lintNames({ oci, local }: RawExtensions): Generator<Lint> {
  const named = [
    ...oci.map(({ name }, i) => ({ name, path: ["oci", i, "name"] })),
    ...local.map(({ name }, i) => ({ name, path: ["local", i, "name"] })),
  ];
  const bySlug = new Map<string, string>();
  for (const { name, path } of named) {
    const slug = suggestSlug(name);
    if (slug === undefined) continue;
    const other = bySlug.get(slug);
    if (other !== undefined && other !== name) {
      yield {
        code: "NameCollision",
        path,
        message: `Names "${other}" and "${name}" both become "${slug}"`,
        hint: "A name becomes a database file: give each extension its own",
      };
    }
    bySlug.set(slug, other ?? name);
  }
}

function* lintReferences({ oci }: RawExtensions): Generator<Lint> {
  for (const [i, { name, reference }] of oci.entries()) {
    if (reference.kind !== "Tag") continue;
    yield {
      code: "MutableTag",
      path: ["oci", i, "reference"],
      message: `Tag "${reference.value}" can point to other content tomorrow`,
      hint: `Pin it: forge pin ${name} writes its digest in the place`,
    };
  }
}

/** One image or one file under two names. */
function* lintTwins({ oci, local }: RawExtensions): Generator<Lint> {
  const images = new Map<string, string>();
  for (const [i, { name, registry, image, reference }] of oci.entries()) {
    const key = `${normalHost(registry)}/${image}@${reference.value}`;
    const other = images.get(key);
    images.set(key, other ?? name);
    if (other === undefined) continue;
    yield {
      code: "SameImage",
      path: ["oci", i],
      message: `"${name}" is the same image as "${other}"`,
      hint: "Remove one of them, or correct its image or reference",
    };
  }
  const files = new Map<string, string>();
  for (const [i, { name, path }] of local.entries()) {
    const key = path.replace(/^(?:\.\/+)+/, "");
    const other = files.get(key);
    files.set(key, other ?? name);
    if (other === undefined) continue;
    yield {
      code: "SameFile",
      path: ["local", i, "path"],
      message: `"${name}" is the same file as "${other}"`,
      hint: "Remove one of them, or correct its path",
    };
  }
}

function* lintHosts(extensions: RawExtensions): Generator<Lint> {
  const used = usedHosts(extensions);
  for (const host of extensions.auth.keys()) {
    if (used.has(normalHost(host))) continue;
    yield {
      code: "UnusedAuth",
      path: ["auth", host],
      of: "key",
      message: `No extension comes from "${withoutUser(host)}"`,
      hint: "Correct the host, or remove its credentials",
    };
  }
  for (const [host, { plain_http }] of extensions.registries) {
    if (!used.has(normalHost(host))) {
      yield {
        code: "UnusedRegistry",
        path: ["registries", host],
        of: "key",
        message: `No extension comes from "${withoutUser(host)}"`,
        hint: "Correct the host, or remove its settings",
      };
    }
    if (!plain_http || isLoopbackHost(normalHost(host))) continue;
    yield {
      code: "PlainHttp",
      path: ["registries", host, "plain_http"],
      message: `"${
        withoutUser(host)
      }" is asked without TLS: credentials and modules can be read and changed on the way`,
      hint:
        "Serve it with TLS; name its authority in ca_file if the system does not know it",
    };
  }
}

/** Registries that extensions come from, and the mirrors of those. */
function usedHosts({ oci, registries }: RawExtensions): ReadonlySet<string> {
  const used = new Set(oci.map(({ registry }) => normalHost(registry)));
  for (const [host, { mirrors }] of registries) {
    if (!used.has(normalHost(host))) continue;
    for (const mirror of mirrors) used.add(normalHost(mirror));
  }
  return used;
}

/** Every `trust` of a file, with its place. */
export function trustsIn(
  { oci, trust }: RawExtensions,
): readonly { readonly trust: RawTrust; readonly path: RonPath }[] {
  return [
    ...oci.map((each, i) => ({ trust: each.trust, path: ["oci", i, "trust"] })),
    { trust, path: ["trust"] },
  ].flatMap(({ trust, path }) => trust === undefined ? [] : [{ trust, path }]);
}

function lintTrust(
  { trust, path }: ReturnType<typeof trustsIn>[number],
): readonly Lint[] {
  const { required, keys, identities } = trust;
  const isUnused = !required && keys.length + identities.length > 0;
  return isUnused
    ? [{
      code: "UnusedTrust",
      path: [...path, "required"],
      message: "Signers are named, and signatures are not demanded",
      hint: "Remove required: false to demand them, or the signers",
    }]
    : [];
}

function* lintSettings({ oci, settings }: RawExtensions): Generator<Lint> {
  if (!settings.verify_checksums) {
    yield {
      code: "ChecksumsOff",
      path: ["settings", "verify_checksums"],
      message: "Cached files are used unchecked, damaged or not",
      hint: "Remove verify_checksums, or set it to true",
    };
  }
  const tagged = oci.filter(({ reference }) => reference.kind === "Tag").length;
  if (settings.offline_mode && tagged > 0) {
    yield {
      code: "OfflineTags",
      path: ["settings", "offline_mode"],
      message: `Offline, ${
        tagged === 1 ? "one tag is" : `${tagged} tags are`
      } what was in the cache before, which may differ between machines`,
      hint: "Pin by digest what has to be the same everywhere",
    };
  }
}

/** A host in its usual spelling; one that is none as it is. */
function normalHost(host: string): string {
  try {
    return parseRegistryHost(host);
  } catch (error) {
    if (error instanceof ForgeError) return host;
    throw error;
  }
}

/** For messages: without what may be a password. */
function withoutUser(host: string): string {
  return host.slice(host.lastIndexOf("@") + 1);
}
