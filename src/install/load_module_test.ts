import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { digestBytes, digestHex } from "../oci/mod.ts";
import { nodeFiles } from "../platform/node_files.ts";
import type { Files } from "../platform/types.ts";
import { readModule } from "./load_module.ts";
import type { ReadyOutcome } from "./outcome.ts";

const BYTES = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const OTHER = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 1);

async function outcome(verified: boolean): Promise<ReadyOutcome> {
  return {
    name: "notes",
    source: "local",
    status: "local",
    path: "/app/notes.wasm",
    sha256: digestHex(await digestBytes(BYTES)),
    sizeBytes: BYTES.byteLength,
    verified,
  };
}

function disk(read: Files["read"]): Files {
  return { ...nodeFiles, read };
}

Deno.test("the bytes that were installed are the bytes that are given", async () => {
  const files = disk(() => Promise.resolve(BYTES));
  assertEquals(await readModule(await outcome(true), { files }), BYTES);
});

Deno.test("bytes that changed after the install are refused", async () => {
  const files = disk(() => Promise.resolve(OTHER));
  const ready = await outcome(true);
  const error = await assertRejects(
    () => readModule(ready, { files }),
    ForgeError,
    "changed after it was verified",
  );
  assertEquals(error.code, "CACHE_CORRUPT");
  assertStringIncludes(error.message, ready.sha256);
});

Deno.test("bytes that were not hashed then are not hashed now", async () => {
  const files = disk(() => Promise.resolve(OTHER));
  assertEquals(await readModule(await outcome(false), { files }), OTHER);
});

Deno.test("the file is read once", async () => {
  let reads = 0;
  const files = disk(() => {
    reads++;
    return Promise.resolve(BYTES);
  });
  await readModule(await outcome(true), { files });
  assertEquals(reads, 1);
});

const failures: readonly (readonly [string, string, string])[] = [
  ["ENOENT", "FILE_NOT_FOUND", "Cannot find"],
  ["EACCES", "FILE_UNREADABLE", "permission denied"],
  ["EISDIR", "FILE_UNREADABLE", "it is a directory"],
  ["EIO", "FILE_UNREADABLE", "input/output error"],
];

for (const [systemCode, code, reason] of failures) {
  Deno.test(`${systemCode} while reading is ${code}`, async () => {
    const files = disk(() =>
      Promise.reject(
        Object.assign(new Error("input/output error"), { code: systemCode }),
      )
    );
    const ready = await outcome(true);
    const error = await assertRejects(
      () => readModule(ready, { files }),
      ForgeError,
      reason,
    );
    assertEquals(error.code, code);
    assertStringIncludes(error.message, `"/app/notes.wasm" of notes`);
  });
}

Deno.test("an abort rejects with its reason, unwrapped", async () => {
  const reason = new DOMException("Interrupted", "AbortError");
  const files = disk(() => Promise.reject(new Error("aborted read")));
  const ready = await outcome(true);
  const error = await assertRejects(() =>
    readModule(ready, { files, signal: AbortSignal.abort(reason) })
  );
  assertEquals(error, reason);
});
