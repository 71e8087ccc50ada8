/**
 * A server of HTTP/2 below its libraries, which would not misbehave as told.
 *
 * @module
 */

import type { Socket } from "node:net";
import { createServer } from "node:tls";
import type { KeyAndCertificate } from "../../src/testing/mod.ts";

/** What to do about one request; errors are numbers (RFC 9113, section 7). */
export type Http2Answer =
  /** The stream is given up with this error before anything is answered. */
  | { readonly kind: "reset"; readonly error: number }
  /** The connection is given up with this error, and closed. */
  | { readonly kind: "goaway"; readonly error: number }
  /** Part of a body of this length; then the stream is given up with this error. */
  | { readonly kind: "cut"; readonly length: number; readonly error: number }
  /** A whole body. */
  | { readonly kind: "whole"; readonly body: string };

/** A server that is listening on this machine. */
export interface Http2Server extends AsyncDisposable {
  /** Its root. */
  readonly url: URL;
  /** How many requests have come. */
  readonly requests: () => number;
}

/** RFC 9113, section 6. */
const FRAME = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  goaway: 7,
} as const;
const END_STREAM = 1;
const ACKNOWLEDGED = 1;
const END_HEADERS = 4;
const PREFACE_BYTES = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length;

/** Listens; each request gets the next answer, the last one again and again. */
export async function startHttp2Server(
  certificate: KeyAndCertificate,
  answers: readonly Http2Answer[],
): Promise<Http2Server> {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = createServer(
    { ...certificate, ALPNProtocols: ["h2"] },
    (socket) => {
      sockets.add(socket);
      socket.on("error", () => {}); // The client may go when it likes.
      socket.write(frame(FRAME.settings, 0, 0));
      readFrames(socket, ({ type, flags, stream }) => {
        if (type === FRAME.settings && flags !== ACKNOWLEDGED) {
          socket.write(frame(FRAME.settings, ACKNOWLEDGED, 0));
        }
        if (type !== FRAME.headers) return;
        const answer = answers[Math.min(requests++, answers.length - 1)];
        if (answer !== undefined) send(socket, stream, answer);
      });
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: new URL(`https://127.0.0.1:${port}/`),
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(socket: Socket, stream: number, answer: Http2Answer): void {
  switch (answer.kind) {
    case "reset":
      socket.write(
        frame(FRAME.resetStream, 0, stream, inFour(answer.error)),
      );
      return;
    case "goaway":
      socket.end(
        frame(FRAME.goaway, 0, 0, [...inFour(0), ...inFour(answer.error)]),
      );
      return;
    case "cut":
      socket.write(head(stream, answer.length));
      socket.write(frame(FRAME.data, 0, stream, utf8("half")));
      socket.write(
        frame(FRAME.resetStream, 0, stream, inFour(answer.error)),
      );
      return;
    case "whole": {
      const body = utf8(answer.body);
      socket.write(head(stream, body.length));
      socket.write(frame(FRAME.data, END_STREAM, stream, body));
    }
  }
}

/** `:status: 200` and the length (RFC 7541, appendix A: 8 and 28). */
function head(stream: number, length: number): Uint8Array {
  const digits = utf8(String(length));
  const block = [0x88, 0x0f, 28 - 15, digits.length, ...digits];
  return frame(FRAME.headers, END_HEADERS, stream, block);
}

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Iterable<number> = [],
): Uint8Array {
  const bytes = [...payload];
  const length = inFour(bytes.length).slice(1);
  return Uint8Array.of(...length, type, flags, ...inFour(stream), ...bytes);
}

interface FrameHead {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

/** Tells of each frame that has arrived whole; what is in it is of no interest. */
function readFrames(socket: Socket, onFrame: (head: FrameHead) => void): void {
  let bytes: readonly number[] = [];
  let isGreeted = false;
  socket.on("data", (chunk: Uint8Array) => {
    bytes = [...bytes, ...chunk];
    if (!isGreeted && bytes.length >= PREFACE_BYTES) {
      bytes = bytes.slice(PREFACE_BYTES);
      isGreeted = true;
    }
    while (isGreeted && bytes.length >= 9) {
      const [a = 0, b = 0, c = 0, type = 0, flags = 0] = bytes;
      const end = 9 + a * 65536 + b * 256 + c;
      if (bytes.length < end) return;
      const stream = fromFour(bytes.slice(5, 9));
      bytes = bytes.slice(end);
      onFrame({ type, flags, stream });
    }
  });
}

function inFour(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function fromFour(bytes: readonly number[]): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

function utf8(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}
