/**
 * Credentials that `docker login` and `podman login` keep.
 *
 * Both programs write the same JSON. Docker may keep the secrets themselves in
 * a helper program; the file then only names it.
 *
 * @module
 */

import type { Files } from "../platform/types.ts";
import { IDENTITY_TOKEN_USERNAME } from "./basic.ts";
import { askHelper, type CredentialHelperRunner } from "./credential_helper.ts";
import type {
  Credential,
  CredentialLookup,
  CredentialSource,
} from "./credentials.ts";

/** Bytes of a login file that are worth reading. */
const MAX_FILE_BYTES = 1024 * 1024;

/** The key under which Docker keeps the credentials of Docker Hub. */
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";

/** Options of {@linkcode loginFileCredentials}. */
export interface LoginFileCredentialsOptions {
  /** The disk. */
  readonly files: Pick<Files, "read">;
  /** Runs helper programs; without it, what helpers keep is not found. */
  readonly runHelper?: CredentialHelperRunner | undefined;
  /** Hears of files and helpers that do not work. */
  readonly onWarning: (registry: string, message: string) => void;
}

/**
 * Reads credentials from a login file: `credHelpers`, then `credsStore`, then
 * `auths`, as Docker does; before them what podman keeps for a part of a registry
 * (`quay.io/acme`). A file that is not there knows nobody; one that
 * cannot be read, and a helper that fails, warn and know nobody: a public image
 * must not fail because of them (oras#1589).
 *
 * @param path Docker's `config.json` or podman's `auth.json`.
 * @param options Disk, helpers, warnings.
 *
 * @example
 * ```ts
 * import { platform } from "@forgepoint/forge";
 * import { loginFileCredentials } from "@forgepoint/forge/oci";
 *
 * const credentials = loginFileCredentials("/home/ada/.docker/config.json", {
 *   files: platform.files,
 *   onWarning: (registry, message) => console.warn(registry, message),
 * });
 * await credentials.get("ghcr.io"); // {} where there is no such file
 * ```
 */
export function loginFileCredentials(
  path: string,
  options: LoginFileCredentialsOptions,
): CredentialSource {
  let file: Promise<LoginFile | string> | undefined;
  // Helpers are asked once for a registry, however many repositories it has.
  const lookups = new Map<string, Promise<CredentialLookup>>();
  const lookUpOnce = (registry: string, login: LoginFile | string) => {
    const known = lookups.get(registry);
    if (known !== undefined) return known;
    const lookup = typeof login === "string"
      ? warn(registry, login, options)
      : lookUp(registry, login, { ...options, path });
    lookups.set(registry, lookup);
    return lookup;
  };
  return {
    async get(registry, repository) {
      const login = await (file ??= readLoginFile(path, options.files));
      if (repository !== undefined && typeof login !== "string") {
        const part = findPart(login.auths, keysOf(registry), repository);
        const credential = part && readEntry(part, `"${path}"`);
        if (credential !== undefined) return { credential };
      }
      return await lookUpOnce(registry, login);
    },
  };
}

function warn(
  registry: string,
  message: string,
  { onWarning }: LoginFileCredentialsOptions,
): Promise<CredentialLookup> {
  onWarning(registry, message);
  return Promise.resolve({});
}

/** What is used of a login file. */
interface LoginFile {
  readonly auths: Readonly<Record<string, unknown>>;
  readonly credHelpers: Readonly<Record<string, unknown>>;
  readonly credsStore: string;
}

const NOBODY: LoginFile = { auths: {}, credHelpers: {}, credsStore: "" };

/** The file, or a warning about it. */
async function readLoginFile(
  path: string,
  files: Pick<Files, "read">,
): Promise<LoginFile | string> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT" || code === "ENOTDIR") return NOBODY;
    return `Cannot read credentials in "${path}": ${code ?? "read failed"}`;
  }
  if (bytes.byteLength > MAX_FILE_BYTES) {
    return `Cannot read credentials in "${path}": it has ${bytes.byteLength} bytes`;
  }
  return parseLoginFile(new TextDecoder().decode(bytes)) ??
    `Cannot read credentials in "${path}": it is not a JSON object`;
}

function parseLoginFile(text: string): LoginFile | undefined {
  let json: unknown;
  try {
    json = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return undefined; // The parser's message would quote the secrets.
  }
  if (!isObject(json)) return undefined;
  const { auths, credHelpers, credsStore } = json;
  return {
    auths: isObject(auths) ? auths : {},
    credHelpers: isObject(credHelpers) ? credHelpers : {},
    credsStore: typeof credsStore === "string" ? credsStore : "",
  };
}

async function lookUp(
  registry: string,
  login: LoginFile,
  options: LoginFileCredentialsOptions & { readonly path: string },
): Promise<CredentialLookup> {
  const { path, runHelper, onWarning } = options;
  const keys = keysOf(registry);
  const named = keys.map((key) => login.credHelpers[key])
    .find((name) => typeof name === "string" && name !== "");
  const helper = typeof named === "string" ? named : login.credsStore;
  if (helper !== "") {
    const server = registry === "docker.io" ? DOCKER_HUB_KEY : registry;
    const asked = await askHelper(helper, server, runHelper);
    if (asked.problem !== undefined) onWarning(registry, asked.problem);
    if (asked.credential !== undefined) return asked;
    if (named !== undefined) return {};
  }
  const entry = findEntry(login.auths, keys);
  const credential = entry && readEntry(entry, `"${path}"`);
  if (credential !== undefined) return { credential };
  // Logins that a helper keeps have an empty entry here: that is no trouble.
  if (typeof entry?.["auth"] === "string" && entry["auth"] !== "") {
    onWarning(
      registry,
      `Cannot use the credentials in "${path}": "auth" is not base64 of a user name and a password`,
    );
  }
  return {};
}

/** Names under which a registry may stand in a login file. */
function keysOf(registry: string): readonly string[] {
  return registry === "docker.io"
    ? [DOCKER_HUB_KEY, "index.docker.io", "docker.io", "registry-1.docker.io"]
    : [registry];
}

function findEntry(
  auths: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> | undefined {
  const exact = keys.map((key) => auths[key]).find(isObject);
  if (exact !== undefined) return exact;
  // Old logins stand under a URL: https://registry.example/v1/. Other paths are
  // those of repositories.
  return Object.entries(auths)
    .filter((pair): pair is [string, Record<string, unknown>] =>
      isObject(pair[1])
    )
    .find(([key]) =>
      keys.includes(
        key.replace(/^https?:\/\/([^/]*)\/?.*$/, "$1")
          .replace(/\/(?:v[12]\/?)?$/, ""),
      )
    )?.[1];
}

/** The login for a repository or for what it is below, the nearest first. */
function findPart(
  auths: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  repository: string,
): Record<string, unknown> | undefined {
  const segments = repository.split("/");
  for (let count = segments.length; count > 0; count--) {
    const path = segments.slice(0, count).join("/");
    const found = keys.map((key) => auths[`${key}/${path}`]).find(isObject);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readEntry(
  entry: Record<string, unknown>,
  source: string,
): Credential | undefined {
  const { identitytoken, username, password, auth } = entry;
  if (typeof identitytoken === "string" && identitytoken !== "") {
    return { identityToken: identitytoken, source };
  }
  if (typeof username === "string" && typeof password === "string") {
    if (username !== "" && password !== "") {
      return credentialOf(username, password, source);
    }
  }
  return typeof auth === "string" ? decodeAuth(auth, source) : undefined;
}

/** `auth` is base64 of `username:password`. */
function decodeAuth(auth: string, source: string): Credential | undefined {
  let text: string;
  try {
    const binary = atob(auth.trim());
    text = new TextDecoder().decode(
      Uint8Array.from(binary, (char) => char.charCodeAt(0)),
    );
  } catch {
    return undefined; // Not base64: nobody's credentials.
  }
  const colon = text.indexOf(":");
  const password = text.slice(colon + 1).replace(/\0+$/, "");
  if (colon <= 0 || password === "") return undefined;
  return credentialOf(text.slice(0, colon), password, source);
}

/** The user name `<token>` says that the password is an identity token. */
function credentialOf(
  username: string,
  password: string,
  source: string,
): Credential {
  return username === IDENTITY_TOKEN_USERNAME
    ? { identityToken: password, source }
    : { username, password, source };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
