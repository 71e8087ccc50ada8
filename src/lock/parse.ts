/**
 * From the text of `forge.lock` to a {@linkcode Lock}.
 *
 * It is read strictly: what is unknown is refused, for a lock that is followed
 * in part promises what it does not keep.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { tryParseDigest, tryParseReference } from "../oci/mod.ts";
import {
  bigInteger,
  decodeDocument,
  field,
  type Infer,
  integer,
  list,
  parseDocument,
  type RonDocument,
  type RonPath,
  spanOf,
  string,
  struct,
} from "../ron/mod.ts";
import { type Lock, LOCK_VERSION, type LockedExtension } from "./model.ts";

/** Bytes that a lock file may have: forty thousand extensions fit into it. */
export const MAX_LOCK_BYTES: number = 16 * 1024 * 1024;

/** Only this is looked at before the version is known. */
const VERSIONED = struct("Lock", { version: field(integer("u32")) });

const LOCKED = struct("Locked", {
  name: field(string()),
  reference: field(string()),
  manifest_digest: field(string()),
  layer_digest: field(string()),
  sha256: field(string()),
  size_bytes: field(bigInteger("u64")),
});

const LOCK = struct("Lock", {
  version: field(integer("u32")),
  extensions: field(list(LOCKED)),
});

type RawLocked = Infer<typeof LOCKED>;

/** Options of {@linkcode parseLock}. */
export interface ParseLockOptions {
  /** What to call the file in messages. Default `forge.lock`. */
  readonly fileName?: string;
}

/**
 * Reads the text of a lock file.
 *
 * @param text RON, as {@linkcode formatLock} writes it; the layout is free.
 * @param options The file's name.
 * @throws {ForgeError} `LOCK_CONFLICT` when git left conflict markers in it,
 * `LOCK_VERSION_UNSUPPORTED` when another version of Forge wrote it,
 * `LOCK_INVALID` when anything else is not as it should be.
 *
 * @example
 * ```ts
 * import { parseLock } from "@forgepoint/forge";
 *
 * parseLock("Lock(version: 1, extensions: [])").extensions; // []
 * ```
 */
export function parseLock(text: string, options: ParseLockOptions = {}): Lock {
  const fileName = options.fileName ?? "forge.lock";
  refuseConflict(text, fileName);
  const document = parseDocument(text);
  checkVersion(document, fileName);
  const decoded = decodeDocument(document, LOCK);
  const found = decoded.ok
    ? decoded.warnings.find(({ code }) => code === "UnknownField")
    : decoded.diagnostics[0];
  if (found !== undefined) throw invalid(fileName, found, found.message);
  if (!decoded.ok) throw invalid(fileName, undefined, "it is not RON");
  const { extensions } = decoded.value;
  const place = (path: RonPath) =>
    spanOf(document, ["extensions", ...path], { nearest: true });
  extensions.forEach((raw, i) => {
    const problem = problemOf(raw);
    if (problem === undefined) return;
    throw invalid(fileName, place([i, problem.field]), problem.message);
  });
  refuseTwins(extensions, (i) => place([i, "name"]), fileName);
  return { extensions: extensions.map(lockedOf) };
}

/** Git's markers stand at the start of a line; no line of a lock starts so. */
function refuseConflict(text: string, fileName: string): void {
  const marker = /^(?:<{7}|\|{7}|>{7})(?: |$)/m.exec(text);
  if (marker === null) return;
  const line = text.slice(0, marker.index).split("\n").length;
  throw new ForgeError(
    "LOCK_CONFLICT",
    `Cannot read ${fileName}: line ${line} has a conflict marker of git`,
    {
      hint:
        `Take either side, such as with git checkout --ours ${fileName}, then run forge lock: it adds what is missing`,
    },
  );
}

/** What later versions look like nobody knows, so the version comes first. */
function checkVersion(document: RonDocument, fileName: string): void {
  const decoded = decodeDocument(document, VERSIONED);
  if (!decoded.ok || decoded.value.version === LOCK_VERSION) return;
  const { version } = decoded.value;
  throw new ForgeError(
    "LOCK_VERSION_UNSUPPORTED",
    `Cannot read ${fileName}: it has version ${version} of the format, this program knows version ${LOCK_VERSION}`,
    {
      hint: version > LOCK_VERSION
        ? "Update forge, as whoever wrote the file has done"
        : "Remove the file and run forge lock",
    },
  );
}

interface Problem {
  readonly field: keyof RawLocked;
  readonly message: string;
}

function problemOf(raw: RawLocked): Problem | undefined {
  const { name, reference } = raw;
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) {
    return { field: "name", message: "the name is not one of an extension" };
  }
  if (!reference.includes("/") || tryParseReference(reference) === undefined) {
    return { field: "reference", message: "the reference is not one" };
  }
  for (const field of ["manifest_digest", "layer_digest"] as const) {
    if (tryParseDigest(raw[field]) === undefined) {
      return { field, message: `${field} is not a digest` };
    }
  }
  if (!/^[0-9a-f]{64}$/.test(raw.sha256)) {
    const message = "sha256 does not have 64 lowercase hex digits";
    return { field: "sha256", message };
  }
  if (raw.size_bytes > Number.MAX_SAFE_INTEGER) {
    return { field: "size_bytes", message: "size_bytes is beyond all sizes" };
  }
  return undefined;
}

/** A merge can leave an extension twice, or one tag with two contents. */
function refuseTwins(
  extensions: readonly RawLocked[],
  placeOf: (index: number) => Place | undefined,
  fileName: string,
): void {
  const byName = new Set<string>();
  const byReference = new Map<string, string>();
  extensions.forEach((raw, i) => {
    const key = `${raw.name} ${raw.reference}`;
    const content =
      `${raw.manifest_digest} ${raw.layer_digest} ${raw.sha256} ${raw.size_bytes}`;
    const known = byReference.get(raw.reference) ?? content;
    if (byName.has(key)) {
      const message = `${raw.name} is there twice with the same reference`;
      throw invalid(fileName, placeOf(i), message);
    }
    if (known !== content) {
      const message = `${raw.reference} is there twice with different content`;
      throw invalid(fileName, placeOf(i), message);
    }
    byName.add(key);
    byReference.set(raw.reference, content);
  });
}

function lockedOf(raw: RawLocked): LockedExtension {
  return {
    name: raw.name,
    reference: raw.reference,
    manifestDigest: raw.manifest_digest as LockedExtension["manifestDigest"],
    layerDigest: raw.layer_digest as LockedExtension["layerDigest"],
    sha256: raw.sha256,
    sizeBytes: Number(raw.size_bytes),
  };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function invalid(
  fileName: string,
  place: Place | undefined,
  message: string,
): ForgeError {
  const where = place === undefined
    ? ""
    : `line ${place.line}, column ${place.column}: `;
  return new ForgeError(
    "LOCK_INVALID",
    `Cannot read ${fileName}: ${where}${message}`,
    {
      hint:
        "Restore the file from version control, or remove it and run forge lock",
    },
  );
}
