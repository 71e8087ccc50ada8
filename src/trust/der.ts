/**
 * DER (ITU-T X.690): one encoding for every value, and nothing else accepted.
 *
 * BER leaves many spellings for one value; a reader that takes them all lets
 * others change what was signed without changing what it means.
 *
 * @module
 */

import { malformed } from "./refusal.ts";

/** Elements within elements; certificates have about ten. */
const MAX_DEPTH = 32;

/** An element. */
export interface DerElement {
  /** Its identifier octet: class, form and number. */
  readonly tag: number;
  /** Identifier, length and content. */
  readonly raw: Uint8Array<ArrayBuffer>;
  /** The content. */
  readonly content: Uint8Array<ArrayBuffer>;
  /** How deep it lies in what was read first. */
  readonly depth: number;
  /** What it is part of, for messages. */
  readonly what: string;
}

/** Tags that this room meets. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectId: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/**
 * Reads exactly one element.
 *
 * @param what Its name, for messages.
 * @throws {ForgeError} `SIGNATURE_MALFORMED`, also for bytes after its end.
 */
export function readDer(
  bytes: Uint8Array<ArrayBuffer>,
  what: string,
): DerElement {
  const element = readAt(bytes, 0, { what, depth: 0 });
  if (element.raw.byteLength === bytes.byteLength) return element;
  throw malformed(what, "bytes follow after its end");
}

/** The elements inside of one that is constructed. */
export function childrenOf(
  element: DerElement,
  tag?: number,
): readonly DerElement[] {
  const { content, what, depth } = element;
  if (tag !== undefined) expectTag(element, tag);
  if ((element.tag & 0x20) === 0) {
    throw malformed(what, "an element that should have parts has none");
  }
  if (depth >= MAX_DEPTH) throw malformed(what, "it is nested too deep");
  const children: DerElement[] = [];
  for (let at = 0; at < content.byteLength;) {
    const child = readAt(content, at, { what, depth: depth + 1 });
    children.push(child);
    at += child.raw.byteLength;
  }
  return children;
}

/** Refuses an element of another kind. */
export function expectTag(element: DerElement, tag: number): void {
  if (element.tag === tag) return;
  throw malformed(
    element.what,
    `it has an element ${hex(element.tag)} where ${hex(tag)} belongs`,
  );
}

/** The magnitude of an INTEGER that is not negative, without leading zeros (X.690, section 8.3). */
export function unsignedInteger(
  element: DerElement,
): Uint8Array<ArrayBuffer> {
  expectTag(element, TAG.integer);
  const { content, what } = element;
  const [first, second = 0xff] = content;
  if (first === undefined) throw malformed(what, "an integer has no digits");
  if (first >= 0x80) throw malformed(what, "an integer is negative");
  if (first !== 0) return content;
  if (content.byteLength > 1 && second < 0x80) {
    throw malformed(what, "an integer has a zero too many");
  }
  return content.byteLength === 1 ? content : content.subarray(1);
}

/** The dotted form of an OBJECT IDENTIFIER (X.690, section 8.19). */
export function objectId(element: DerElement): string {
  expectTag(element, TAG.objectId);
  const { content, what } = element;
  const arcs: number[] = [];
  let value = 0;
  let isStart = true;
  for (const byte of content) {
    if (isStart && byte === 0x80) {
      throw malformed(what, "an object identifier is padded");
    }
    value = value * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(value)) {
      throw malformed(what, "an object identifier is too large");
    }
    isStart = byte < 0x80;
    if (!isStart) continue;
    arcs.push(value);
    value = 0;
  }
  const [first, ...rest] = arcs;
  if (first === undefined || !isStart) {
    throw malformed(what, "an object identifier is cut short");
  }
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join(".");
}

/** The bytes of a BIT STRING of whole bytes (X.690, section 8.6). */
export function bitStringBytes(element: DerElement): Uint8Array<ArrayBuffer> {
  expectTag(element, TAG.bitString);
  if (element.content[0] === 0) return element.content.subarray(1);
  throw malformed(element.what, "a bit string does not have whole bytes");
}

/** The value of a BOOLEAN (X.690, section 11.1). */
export function booleanValue(element: DerElement): boolean {
  expectTag(element, TAG.boolean);
  const { content, what } = element;
  if (content.byteLength === 1 && content[0] === 0xff) return true;
  if (content.byteLength === 1 && content[0] === 0x00) return false;
  throw malformed(what, "a boolean is neither true nor false");
}

/** Milliseconds since the epoch of a UTCTime or GeneralizedTime (RFC 5280, section 4.1.2.5). */
export function timeValue(element: DerElement): number {
  const { tag, content, what } = element;
  const text = new TextDecoder().decode(content);
  const digits = tag === TAG.utcTime
    ? /^(\d\d)(\d{10})Z$/.exec(text)
    : tag === TAG.generalizedTime
    ? /^(\d{4})(\d{10})Z$/.exec(text)
    : null;
  if (digits === null) {
    throw malformed(what, "a time is not in the form of RFC 5280");
  }
  const [, year = "", rest = ""] = digits;
  const century = year.length === 4 ? "" : Number(year) < 50 ? "20" : "19";
  const iso = `${century}${year}-${rest}`.replace(
    /^(\d{4})-(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/,
    "$1-$2-$3T$4:$5:$6.000Z",
  );
  const milliseconds = Date.parse(iso);
  const isReal = !Number.isNaN(milliseconds) &&
    new Date(milliseconds).toISOString() === iso;
  if (isReal) return milliseconds;
  throw malformed(what, "a time is on no calendar");
}

function readAt(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  place: { readonly what: string; readonly depth: number },
): DerElement {
  const { what } = place;
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) {
    throw malformed(what, "it is cut short");
  }
  if ((tag & 0x1f) === 0x1f) {
    throw malformed(what, "it has a tag of several bytes");
  }
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    // X.690, section 10.1: the definite form, with as few bytes as possible.
    if (count === 0 || count > 4) {
      throw malformed(what, "a length is not definite, or too large");
    }
    length = 0;
    for (let i = 0; i < count; i++) {
      length = length * 256 + (bytes[start + i] ?? 0);
    }
    if (length < 0x80 || length < 256 ** (count - 1)) {
      throw malformed(what, "a length has more bytes than it needs");
    }
    start += count;
  }
  const end = start + length;
  if (end > bytes.byteLength) throw malformed(what, "it is cut short");
  return {
    ...place,
    tag,
    raw: bytes.subarray(at, end),
    content: bytes.subarray(start, end),
  };
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, "0")}`;
}
