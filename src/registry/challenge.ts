/**
 * The `WWW-Authenticate` header field.
 *
 * @module
 */

/** One challenge: how a server wants to be convinced. */
export interface Challenge {
  /** The scheme in lower case, such as `bearer`. */
  readonly scheme: string;
  /** Its parameters, names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Characters of a header field that are worth reading; real ones have a few hundred. */
const MAX_HEADER_LENGTH = 16 * 1024;

/** RFC 9110, section 5.6.2. */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
/** RFC 9110, section 11.2: `token68`, when a comma or the end follows. */
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
/** RFC 9110, section 5.6.4; `s` because a sloppy server may quote anything. */
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
/** What sloppy servers leave unquoted: URLs, scopes without blanks. */
const UNQUOTED = /[^\s,"]+/y;
/** What belongs to none of these: a character, or all of a quoted text, which may never end. */
const JUNK = /"(?:[^"\\]|\\.)*"?|[^]/sy;
const SPACE = /[ \t]*/y;
const SEPARATOR = /[ \t,]*/y;

/**
 * Reads a `WWW-Authenticate` header field (RFC 9110, section 11.6.1), which
 * may hold several challenges, joined by the same commas that separate their
 * parameters.
 *
 * Sloppy values are read as far as they make sense: it is the registry that
 * decides in the end.
 *
 * @param header The field value, repeated fields joined by commas.
 * @returns The challenges in order.
 *
 * @example
 * ```ts
 * import { parseChallenges } from "@forgepoint/forge/oci";
 *
 * const [bearer] = parseChallenges(
 *   'Bearer realm="https://auth.example/token",service="example", Basic realm="x"',
 * );
 * bearer?.parameters.get("service"); // "example"
 * ```
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const scanner = new Scanner(header.slice(0, MAX_HEADER_LENGTH));
  const challenges: Challenge[] = [];
  let parameters: Map<string, string> | undefined;
  for (;;) {
    scanner.take(SEPARATOR);
    const word = scanner.take(TOKEN);
    if (word === undefined) {
      if (scanner.take(JUNK) === undefined) return challenges;
      continue;
    }
    const value = scanner.takeValue();
    if (value !== undefined && parameters !== undefined) {
      setOnce(parameters, word, value);
    } else if (value === undefined) {
      parameters = new Map();
      challenges.push({ scheme: word.toLowerCase(), parameters });
      scanner.takeToken68();
    }
  }
}

/** The first of repeated parameters counts. */
function setOnce(map: Map<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  if (!map.has(key)) map.set(key, value);
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes what matches here; for a pattern with a group, the group. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match[1] ?? match[0];
  }

  /** Takes `= value`; nothing when no equals sign follows. */
  takeValue(): string | undefined {
    const start = this.#at;
    this.take(SPACE);
    if (this.#text[this.#at] !== "=") {
      this.#at = start;
      return undefined;
    }
    this.#at++;
    this.take(SPACE);
    const quoted = this.take(QUOTED);
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, "$1");
    return this.take(UNQUOTED) ?? "";
  }

  /** Passes over a `token68` such as that of Negotiate. */
  takeToken68(): void {
    this.take(SPACE);
    const start = this.#at;
    const text = this.take(TOKEN68);
    // A bare word before a comma could be the next scheme; padding settles it.
    if (text !== undefined && /^[A-Za-z][\w-]*$/.test(text)) this.#at = start;
  }
}
