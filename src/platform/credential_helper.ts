/**
 * Running Docker's credential helpers; `node:child_process` is on both
 * runtimes.
 *
 * @module
 */

import { spawn } from "node:child_process";
import type { Platform } from "./types.ts";

/** Bytes of an answer that are worth reading. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/** Runs `docker-credential-NAME get` with the server on standard input. */
export const runHelper: NonNullable<Platform["runHelper"]> = (name, server) =>
  new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${name}`, ["get"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size > MAX_OUTPUT_BYTES) child.kill();
      else chunks.push(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const decoder = new TextDecoder();
      const stdout = chunks.map((chunk) =>
        decoder.decode(chunk, { stream: true })
      ).join("");
      resolve({ code: code ?? 1, stdout });
    });
    // A helper that ends without reading is no error of ours.
    child.stdin.on("error", () => {});
    child.stdin.end(server);
  });
