/**
 * Credentials that stand in the file itself, and how they are kept out of what
 * is printed about it.
 *
 * @module
 */

import type { ConfigFinding, Lint } from "./finding.ts";
import type { RawExtensions } from "./lint.ts";

/** How tokens that are easily told begin, and what they are. */
const TOKENS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/(?:gh[opsur]_|github_pat_)\w{8,}/, "a GitHub token"],
  [/gl(?:pat|dt|ptt|cbt|rt)-[\w.-]{8,}/, "a GitLab token"],
  [/dckr_[po]at_[\w-]{8,}/, "a Docker Hub token"],
  [/npm_[A-Za-z0-9]{30,}/, "an npm token"],
  [/hf_[A-Za-z0-9]{30,}/, "a Hugging Face token"],
  [/(?:AKIA|ASIA)[A-Z0-9]{16}/, "an AWS access key"],
  [/AIza[\w-]{30,}/, "a Google API key"],
  [/xox[abprs]-[\w-]{8,}/, "a Slack token"],
  [/eyJ[\w-]{8,4096}\.[\w-]{1,8192}\.[\w-]*/, "a JSON Web Token"],
];
/** Any of them, wherever it stands. */
const ANY_TOKEN = new RegExp(
  `\\b(?:${TOKENS.map(([pattern]) => pattern.source).join("|")})`,
  "g",
);
/** `USER:PASSWORD@` before a host; bounded, so that no text takes long. */
const USER_INFO = /[^\s"/@:]{1,200}:[^\s"/@]{0,500}@(?!sha[0-9]+:)/;
/** POSIX, "Environment Variable Definition". */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Longer names with digits and both cases are rather random text. */
const MAX_MIXED_LENGTH = 16;
/** Longer names in capitals with digits and no underscore are rather keys. */
const MAX_UNJOINED_LENGTH = 16;

/** Looks for values where names of variables belong, and for users before hosts. */
export function* lintCredentials(extensions: RawExtensions): Generator<Lint> {
  const { oci, auth, registries } = extensions;
  for (const [i, { registry, image }] of oci.entries()) {
    yield* lintUser(registry, ["oci", i, "registry"]);
    yield* lintUser(image, ["oci", i, "image"]);
  }
  for (const [host, variables] of auth) {
    yield* lintUser(host, ["auth", host], "key");
    const { username_env, token_env } = variables;
    yield* lintVariable(username_env, ["auth", host, "username_env"]);
    yield* lintVariable(token_env, ["auth", host, "token_env"]);
    if ((username_env === undefined) === (token_env === undefined)) continue;
    const [named, other] = token_env === undefined
      ? ["username_env", "token_env"]
      : ["token_env", "username_env"];
    yield {
      code: "IncompleteAuth",
      path: ["auth", host, named],
      message:
        `${named} without ${other} does nothing: the registry is asked anonymously`,
      hint: `Name a variable for ${other} too, or remove ${named}`,
    };
  }
  for (const [host, { mirrors, allowed_hosts }] of registries) {
    const base = ["registries", host];
    yield* lintUser(host, base, "key");
    for (const [i, mirror] of mirrors.entries()) {
      yield* lintUser(mirror, [...base, "mirrors", i]);
    }
    for (const [i, allowed] of allowed_hosts.entries()) {
      yield* lintUser(allowed, [...base, "allowed_hosts", i]);
    }
  }
}

function* lintUser(
  text: string,
  path: Lint["path"],
  of: Lint["of"] = "value",
): Generator<Lint> {
  if (!USER_INFO.test(text)) return;
  yield {
    code: "CredentialInFile",
    path,
    of,
    message: "User and password stand before the host",
    hint:
      "Change the password, remove both from here, and name environment variables with them under auth",
  };
}

/** What the name of a variable is instead, if it is none. */
function* lintVariable(
  name: string | undefined,
  path: Lint["path"],
): Generator<Lint> {
  if (name === undefined) return;
  const token = TOKENS.find(([pattern]) => startsWith(name, pattern));
  if (token !== undefined || !VARIABLE.test(name)) {
    const what = token?.[1] ?? "no name that a variable can have";
    yield {
      code: "CredentialInFile",
      path,
      message: `${
        path.at(-1)
      } names an environment variable, and this is ${what}`,
      hint:
        `Put the value into a variable and name that, as in Some("REGISTRY_${
          path.at(-1) === "token_env" ? "TOKEN" : "USERNAME"
        }")${token === undefined ? "" : "; revoke the token if others saw it"}`,
    };
  } else if (looksLikeValue(name)) {
    yield {
      code: "UnlikelyVariable",
      path,
      message: `${
        path.at(-1)
      } names an environment variable, and this looks like the value of one`,
      hint: 'Variables are mostly upper case, as in Some("GHCR_TOKEN")',
    };
  }
}

/** Whether the name of a variable is to be printed. */
export function isLikelyVariable(name: string): boolean {
  return VARIABLE.test(name) && !looksLikeValue(name) &&
    !TOKENS.some(([pattern]) => startsWith(name, pattern));
}

/** Lower case in one word, or long with digits and both cases or without a joint. */
function looksLikeValue(name: string): boolean {
  if (
    name.length > MAX_UNJOINED_LENGTH && /^[A-Z0-9]*[0-9][A-Z0-9]*$/.test(name)
  ) {
    return true;
  }
  if (!/[a-z]/.test(name)) return false;
  if (!name.includes("_") && !/[A-Z]/.test(name)) return true;
  return name.length > MAX_MIXED_LENGTH && /[A-Z]/.test(name) &&
    /[0-9]/.test(name);
}

function startsWith(text: string, pattern: RegExp): boolean {
  return text.search(pattern) === 0;
}

/**
 * The text with stars where credentials are, every offset as before, so that
 * it can be shown around findings.
 */
export function maskCredentials(
  text: string,
  findings: readonly Pick<ConfigFinding, "code" | "offset" | "length">[],
): string {
  const stars = (part: string) => part.replace(/[^\n]/g, "*");
  let masked = text.replace(ANY_TOKEN, stars)
    .replace(new RegExp(USER_INFO, "g"), stars);
  for (const { code, offset, length } of findings) {
    if (code !== "CredentialInFile" && code !== "UnlikelyVariable") continue;
    const end = offset + length;
    const shown = masked.slice(offset, end)
      .replace(/"[^]*"/, (quoted) => `"${stars(quoted.slice(1, -1))}"`);
    masked = masked.slice(0, offset) + shown + masked.slice(end);
  }
  return masked;
}
