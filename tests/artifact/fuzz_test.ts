import { assertEquals, assertGreater } from "@std/assert";
import { packTar } from "modern-tar";
import { gzipSync } from "node:zlib";
import { ForgeError } from "../../src/errors.ts";
import { extractModule } from "../../src/artifact/mod.ts";
import { compressZstd } from "../../src/artifact/zstd_fakes_test.ts";
import { readCorpus } from "../wasm/corpus.ts";
import { mulberry32, mutate } from "../wasm/fuzz.ts";

async function layers(): Promise<Uint8Array[]> {
  const [module = new Uint8Array(), other = module] = await readCorpus();
  const mtime = new Date(0);
  const entry = (name: string, body: Uint8Array) => ({
    header: { name, size: body.byteLength, mtime },
    body,
  });
  const tar = await packTar([
    entry(".wh.old.wasm", new Uint8Array()),
    entry(`${"long/".repeat(30)}notes.txt`, other),
    entry("extension.wasm", module),
    entry("größe.wasm", other),
  ]);
  return [
    tar,
    tar,
    gzipSync(tar, { level: 0 }),
    gzipSync(tar),
    compressZstd(tar),
    compressZstd(module),
  ];
}

/** Extracts, and tells what came of it; anything but a promised error fails the test. */
async function extract(bytes: Uint8Array): Promise<string> {
  let received = 0;
  const sink = {
    write: (chunk: Uint8Array) => {
      received += chunk.byteLength;
      return Promise.resolve();
    },
    restart: () => {
      received = 0;
      return Promise.resolve();
    },
  };
  async function* source() {
    yield await Promise.resolve(bytes);
  }
  try {
    const { module } = await extractModule(source(), sink, {
      maxBytes: 1_000_000,
    });
    if (module === undefined) return "nothing";
    assertEquals(module.sizeBytes, received);
    return "module";
  } catch (error) {
    if (error instanceof ForgeError) return error.code;
    throw error;
  }
}

Deno.test("mutated layers are unpacked or refused, and never crash", async () => {
  const corpus = await layers();
  const random = mulberry32(7);
  const outcomes = new Map<string, number>();
  for (let i = 0; i < 1_500; i++) {
    const outcome = await extract(mutate(corpus, random));
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  assertGreater(outcomes.get("module") ?? 0, 100);
  assertGreater(outcomes.get("ARTIFACT_UNSUPPORTED") ?? 0, 100);
  const expected = [
    "ARTIFACT_AMBIGUOUS",
    "ARTIFACT_UNSUPPORTED",
    "TOO_LARGE",
    "module",
    "nothing",
  ];
  assertEquals(
    [...outcomes.keys()].filter((name) => !expected.includes(name)),
    [],
  );
});
