/**
 * Messages as bytes: a length of four bytes, the lowest first, and JSON.
 *
 * JSON with a notation for what it lacks: bytes, 64-bit integers, and the
 * numbers that are none. The other side may be anybody's by the time it
 * answers, so that what comes is parsed, bounded, and nothing more.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** Bytes of a message: a module of 128 MiB in base64, and room. */
const MAX_FRAME_BYTES = 192 * 1024 * 1024;
const HEADER_BYTES = 4;
/** Name of the property that marks what JSON lacks. */
const MARK = "$";

/** Writes a message. */
export function encodeFrame(message: unknown): Uint8Array {
  const body = Buffer.from(JSON.stringify(message, mark), "utf8");
  const frame = Buffer.alloc(HEADER_BYTES + body.byteLength);
  frame.writeUInt32LE(body.byteLength);
  body.copy(frame, HEADER_BYTES);
  return frame;
}

/**
 * Makes a reader of messages, however their bytes are cut.
 *
 * @returns Takes bytes; throws a `RangeError` for a message that is too long,
 * and a `SyntaxError` for one that is none.
 */
export function createFrameReader(
  onMessage: (message: unknown) => void,
): (chunk: Uint8Array) => void {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let wanted = HEADER_BYTES;
  let isHeader = true;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.byteLength;
    while (size >= wanted) {
      const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      const part = Buffer.from(all.buffer, all.byteOffset, wanted);
      const rest = all.subarray(wanted);
      chunks = rest.byteLength > 0 ? [rest] : [];
      size = rest.byteLength;
      if (isHeader) {
        wanted = part.readUInt32LE();
        if (wanted > MAX_FRAME_BYTES) {
          throw new RangeError(`Cannot read a message of ${wanted} bytes`);
        }
      } else {
        wanted = HEADER_BYTES;
        onMessage(JSON.parse(part.toString("utf8"), unmark));
      }
      isHeader = !isHeader;
    }
  };
}

function mark(_name: string, value: unknown): unknown {
  switch (typeof value) {
    case "bigint":
      return { [MARK]: "bigint", value: String(value) };
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { [MARK]: "number", value: Object.is(value, -0) ? "-0" : `${value}` };
    case "object":
      if (value instanceof Uint8Array) {
        const { buffer, byteOffset, byteLength } = value;
        const bytes = Buffer.from(buffer, byteOffset, byteLength);
        return { [MARK]: "bytes", value: bytes.toString("base64") };
      }
      // What has the mark itself is written as what it has, name by name.
      return value !== null && Object.hasOwn(value, MARK)
        ? { [MARK]: "object", value: Object.entries(value) }
        : value;
    default:
      return value;
  }
}

function unmark(_name: string, value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (!Object.hasOwn(value, MARK)) return value;
  const { [MARK]: kind, value: content } = value as Record<string, unknown>;
  switch (kind) {
    case "bigint":
      return BigInt(String(content));
    case "number":
      return Number(content);
    case "bytes":
      return new Uint8Array(Buffer.from(String(content), "base64"));
    default:
      return Object.fromEntries(content as readonly [string, unknown][]);
  }
}
