/**
 * Contexts of requests as programs give them, read as what they should be.
 *
 * A mistake in one says nothing about the extension: it is found where the
 * request was made, and never reaches an instance.
 *
 * @module
 */

import type { RequestContext } from "./field.ts";

/** How a value is read. */
interface Reading {
  /** Where it is, for messages: `context.user.id`. */
  readonly place: string;
  /** Whether properties that nobody knows are a mistake; they are left out otherwise. */
  readonly exact: boolean;
}

type Reader<T> = (value: unknown, reading: Reading) => T;

const SCOPES: readonly RequestContext["scope"][] = [
  "global",
  "repository",
  "user",
  "repository-user",
];

const text: Reader<string> = (value, { place }) =>
  typeof value === "string" ? value : refuse(place, "a string", value);

const truth: Reader<boolean> = (value, { place }) =>
  typeof value === "boolean" ? value : refuse(place, "true or false", value);

const texts: Reader<readonly string[]> = (value, reading) => {
  const { place } = reading;
  if (!Array.isArray(value)) return refuse(place, "a list of strings", value);
  return Array.from(
    value,
    (each, i) => text(each, { ...reading, place: `${place}[${i}]` }),
  );
};

const scope: Reader<RequestContext["scope"]> = (value, { place }) =>
  SCOPES.find((each) => each === value) ??
    refuse(place, `one of ${SCOPES.join(", ")}`, value);

/** Text that is JSON: some versions of the world have it in a larger document. */
const json: Reader<string> = (value, reading) => {
  const found = text(value, reading);
  try {
    JSON.parse(found);
  } catch {
    return refuse(reading.place, "JSON text", found);
  }
  return found;
};

function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, reading) =>
    value === undefined ? undefined : read(value, reading);
}

function object<T>(
  properties: { readonly [K in keyof T]-?: Reader<T[K]> },
): Reader<T> {
  const known = Object.keys(properties) as (keyof T & string)[];
  return (value, { place, exact }) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refuse(place, "an object", value);
    }
    const unknown = Object.keys(value).find((name) =>
      exact && !known.includes(name as typeof known[number])
    );
    if (unknown !== undefined) {
      throw new TypeError(
        `${place}: it has "${unknown}", and may have ${known.join(", ")}`,
      );
    }
    return Object.fromEntries(
      known.map((name) => [
        name,
        properties[name](
          (value as Partial<T>)[name],
          { place: `${place}.${name}`, exact },
        ),
      ]),
    ) as T;
  };
}

const context: Reader<RequestContext> = object<RequestContext>({
  scope,
  repository: optional(object({
    id: text,
    slug: text,
    groupId: optional(text),
    fullPath: optional(text),
    isRemote: truth,
    remoteUrl: optional(text),
  })),
  user: optional(object({
    id: text,
    username: text,
    displayName: optional(text),
    email: optional(text),
  })),
  global: optional(object({
    installationId: optional(text),
    environment: optional(text),
    featureFlags: texts,
  })),
  extraJson: optional(json),
});

/**
 * Reads a context.
 *
 * @returns A copy with what the world has, and nothing else.
 * @throws {TypeError} When it is none; names the place.
 */
export function readContext(value: unknown, reading: Reading): RequestContext {
  return context(value, reading);
}

function refuse(place: string, expected: string, value: unknown): never {
  throw new TypeError(`${place}: expected ${expected}, got ${named(value)}`);
}

/** A short text as it is; of anything else what it is. */
function named(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "string") return typeof value;
  return value.length <= 40 ? JSON.stringify(value) : "another text";
}
