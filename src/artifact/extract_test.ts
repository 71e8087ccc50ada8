import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { packTar, type TarHeader } from "modern-tar";
import * as zlib from "node:zlib";
import { ForgeError } from "../errors.ts";
import { decompress } from "./decompress.ts";
import { extractModule, type ExtractModuleOptions, sniff } from "./mod.ts";
import { compressZstd as zstd } from "./zstd_fakes_test.ts";

const WASM = await Deno.readFile(
  new URL("../../tests/fixtures/greeter.wasm", import.meta.url),
);
const OTHER = await Deno.readFile(
  new URL("../../tests/fixtures/trap.wasm", import.meta.url),
);

/** Bytes in pieces of a size that fits nothing. */
async function* pieces(
  bytes: Uint8Array,
  size = 97,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let i = 0; i < bytes.byteLength; i += size) {
    yield await Promise.resolve(new Uint8Array(bytes.subarray(i, i + size)));
  }
}

class Collected {
  #chunks: Uint8Array[] = [];
  restarts = 0;

  readonly write = (chunk: Uint8Array): Promise<void> => {
    this.#chunks.push(chunk.slice());
    return Promise.resolve();
  };

  readonly restart = (): Promise<void> => {
    this.#chunks = [];
    this.restarts += 1;
    return Promise.resolve();
  };

  get bytes(): Uint8Array {
    return concat(...this.#chunks);
  }
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

async function extract(bytes: Uint8Array, options?: ExtractModuleOptions) {
  const sink = new Collected();
  const extraction = await extractModule(pieces(bytes), sink, options);
  return { ...extraction, bytes: sink.bytes, restarts: sink.restarts };
}

type Files = Readonly<Record<string, Uint8Array | string>>;

/** A tar of files; text becomes a symbolic link to it, a name that ends with a slash a directory. */
function tar(
  files: Files | readonly (readonly [string, Uint8Array])[],
): Promise<Uint8Array> {
  const entries = Array.isArray(files) ? files : Object.entries(files);
  return packTar(entries.map(([name, body]) => {
    const header: TarHeader = { name, size: 0, mtime: new Date(0) };
    if (name.endsWith("/")) return { header: { ...header, type: "directory" } };
    if (typeof body === "string") {
      return { header: { ...header, type: "symlink", linkname: body } };
    }
    return { header: { ...header, size: body.byteLength }, body };
  }));
}

const IMAGE = await tar({
  "app/": "",
  "app/readme": OTHER,
  "extension.wasm": WASM,
});

/** Every form in which a layer holds a module. */
const FORMS: readonly (readonly [string, Uint8Array, string[]])[] = [
  ["raw", WASM, ["wasm"]],
  ["gzip of a raw module", zlib.gzipSync(WASM), ["gzip", "wasm"]],
  ["zstd of a raw module", zstd(WASM), ["zstd", "wasm"]],
  ["tar", IMAGE, ["tar"]],
  ["tar and gzip", zlib.gzipSync(IMAGE), ["gzip", "tar"]],
  ["tar and zstd", zstd(IMAGE), ["zstd", "tar"]],
  [
    "tar and gzip of several members, as estargz has them",
    concat(
      zlib.gzipSync(IMAGE.subarray(0, 700)),
      zlib.gzipSync(new Uint8Array()),
      zlib.gzipSync(IMAGE.subarray(700)),
    ),
    ["gzip", "tar"],
  ],
  [
    "gzip with zeros behind it",
    concat(zlib.gzipSync(IMAGE), new Uint8Array(1024)),
    ["gzip", "tar"],
  ],
  [
    "zstd of several frames",
    concat(zstd(IMAGE.subarray(0, 700)), zstd(IMAGE.subarray(700))),
    ["zstd", "tar"],
  ],
  [
    "zstd behind a frame to be skipped",
    concat(
      new Uint8Array([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]),
      zstd(IMAGE),
    ),
    ["zstd", "tar"],
  ],
];

for (const [name, bytes, content] of FORMS) {
  Deno.test(`a module is found in a layer that is ${name}`, async () => {
    const found = await extract(bytes);
    assertEquals<readonly string[]>(found.content, content);
    assertEquals(found.bytes, WASM);
    assertEquals(found.module?.sizeBytes, WASM.byteLength);
    assertEquals(
      found.module?.fileName,
      content.includes("tar") ? "extension.wasm" : undefined,
    );
  });
}

/** Files of a tar, and the one that is the module. */
const CHOICES: readonly (readonly [string, Files, string])[] = [
  [
    "the only .wasm",
    { "a/b/notes.wasm": WASM, "z.txt": OTHER },
    "a/b/notes.wasm",
  ],
  ["a name in capitals", { "NOTES.WASM": WASM }, "NOTES.WASM"],
  ["a path from the root", { "/notes.wasm": WASM }, "notes.wasm"],
  ["a path from here", { "./notes.wasm": WASM }, "notes.wasm"],
  [
    "extension.wasm",
    { "a.wasm": OTHER, "extension.wasm": WASM },
    "extension.wasm",
  ],
  ["plugin.wasm", { "plugin.wasm": WASM, "x.wasm": OTHER }, "plugin.wasm"],
  [
    "extension.wasm before plugin.wasm",
    { "plugin.wasm": OTHER, "extension.wasm": WASM },
    "extension.wasm",
  ],
  [
    "extension.wasm at the root before others",
    {
      "a/extension.wasm": OTHER,
      "extension.wasm": WASM,
      "b/extension.wasm": OTHER,
    },
    "extension.wasm",
  ],
  [
    "the file and not the link to it",
    { "extension.wasm": "app/notes.wasm", "app/notes.wasm": WASM },
    "app/notes.wasm",
  ],
  [
    "the file and not the directory",
    { "extension.wasm/": "", "notes.wasm": WASM },
    "notes.wasm",
  ],
  [
    "a name of 300 characters",
    { [`${"d/".repeat(150)}notes.wasm`]: WASM },
    `${"d/".repeat(150)}notes.wasm`,
  ],
  ["a name that is not ASCII", { "größe.wasm": WASM }, "größe.wasm"],
];

for (const [name, files, path] of CHOICES) {
  Deno.test(`of the files of a tar, ${name} is taken`, async () => {
    const found = await extract(await tar(files));
    assertEquals(found.module?.fileName, path);
    assertEquals(found.bytes, WASM);
  });
}

Deno.test("a module is whole after files that are passed over, however the layer arrives", async () => {
  const small = Object.fromEntries(
    [0, 1, 297, 512, 513].map((size) => [`${size}.txt`, OTHER.slice(0, size)]),
  );
  const bytes = await tar({ ...small, "notes.wasm": WASM, "z.txt": OTHER });
  for (const size of [1, 100, 512, 2000, bytes.byteLength]) {
    const sink = new Collected();
    await extractModule(pieces(bytes, size), sink);
    assertEquals(sink.bytes, WASM);
  }
});

Deno.test("a file that is there twice counts as tar has it: the last", async () => {
  const found = await extract(
    await tar([["notes.wasm", OTHER], ["./notes.wasm", WASM]]),
  );
  assertEquals(found.bytes, WASM);
  assertEquals(found.restarts, 1);
});

Deno.test("several modules of no special name are ambiguous, and the error names them", async () => {
  const bytes = await tar({ "b.wasm": WASM, "x/a.wasm": OTHER });
  const error = await assertRejects(() => extract(bytes), ForgeError);
  assertEquals(error.code, "ARTIFACT_AMBIGUOUS");
  assertStringIncludes(error.message, '"b.wasm", "x/a.wasm"');
});

Deno.test("two files called extension.wasm in directories are ambiguous", async () => {
  const bytes = await tar({
    "a/extension.wasm": WASM,
    "b/extension.wasm": OTHER,
  });
  const error = await assertRejects(() => extract(bytes), ForgeError);
  assertEquals(error.code, "ARTIFACT_AMBIGUOUS");
});

Deno.test("a path that leads out of the image is no file of it", async () => {
  const found = await extract(
    await tar({ "../evil.wasm": OTHER, "a/../../evil.wasm": OTHER }),
  );
  assertEquals([found.module, found.files], [undefined, []]);
});

Deno.test("a layer without a module says what it holds", async () => {
  const found = await extract(await tar({ "bin/": "", "bin/sh": OTHER }));
  assertEquals([found.module, found.files], [undefined, ["bin/sh"]]);
  const text = await extract(new TextEncoder().encode("{}".repeat(300)));
  assertEquals([text.module, text.content], [undefined, ["unknown"]]);
  const empty = await extract(zlib.gzipSync(new Uint8Array()));
  assertEquals([empty.module, empty.content], [undefined, ["gzip", "unknown"]]);
  const emptyTar = await extract(new Uint8Array(1024));
  assertEquals([emptyTar.module, emptyTar.content], [undefined, ["tar"]]);
});

/** What a later layer has, and whether it hides `app/notes.wasm` of an earlier one. */
const HIDING: readonly (readonly [string, boolean])[] = [
  ["app/.wh.notes.wasm", true],
  [".wh.app", true],
  ["app/.wh..wh..opq", true],
  [".wh..wh..opq", true],
  ["./app/.wh.notes.wasm", true],
  ["app/.wh.notes", false],
  ["notes/.wh.app", false],
  [".wh.notes.wasm", false],
  ["app/notes/.wh..wh..opq", false],
];

for (const [whiteout, hides] of HIDING) {
  Deno.test(`the whiteout ${whiteout} in a later layer ${hides ? "hides" : "does not hide"} a module`, async () => {
    const later = await extract(await tar({ [whiteout]: new Uint8Array() }));
    assertEquals([later.module, later.files], [undefined, []]);
    const earlier = await extract(await tar({ "app/notes.wasm": WASM }), {
      hidden: later.hidden,
    });
    assertEquals(earlier.module === undefined, hides);
  });
}

Deno.test("a layer does not hide its own files", async () => {
  const found = await extract(
    await tar({ ".wh..wh..opq": new Uint8Array(), "notes.wasm": WASM }),
  );
  assertEquals(found.bytes, WASM);
});

Deno.test("what a layer hides stays hidden from all before it", async () => {
  const last = await extract(await tar({ ".wh.a.wasm": new Uint8Array() }));
  const middle = await extract(await tar({ "b.txt": OTHER }), last);
  const first = await extract(await tar({ "a.wasm": WASM }), middle);
  assertEquals(first.module, undefined);
});

Deno.test("a layer that unpacks to more than the limit is refused", async () => {
  const bomb = zlib.gzipSync(concat(WASM, new Uint8Array(1_000_000)));
  for (
    const bytes of [
      bomb,
      zlib.gzipSync(
        await tar({ "a.wasm": bomb, z: new Uint8Array(1_000_000) }),
      ),
    ]
  ) {
    const error = await assertRejects(
      () => extract(bytes, { maxBytes: 500_000 }),
      ForgeError,
    );
    assertEquals(error.code, "TOO_LARGE");
    assertStringIncludes(error.message, "500000");
  }
  assertEquals(
    (await extract(WASM, { maxBytes: WASM.byteLength })).bytes,
    WASM,
  );
});

const DAMAGED: readonly (readonly [string, Uint8Array])[] = [
  ["gzip cut short", zlib.gzipSync(IMAGE).subarray(0, -20)],
  ["gzip of garbage", new Uint8Array([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9])],
  ["zstd cut short", zstd(IMAGE).subarray(0, -20)],
  ["a tar cut short inside of the module", IMAGE.subarray(0, 2200)],
];

for (const [name, bytes] of DAMAGED) {
  Deno.test(`${name} is damaged, not shorter`, async () => {
    const error = await assertRejects(() => extract(bytes), ForgeError);
    assertEquals(error.code, "ARTIFACT_UNSUPPORTED");
    assertStringIncludes(error.message, "damaged");
  });
}

Deno.test("an error of the source comes out as it went in", async () => {
  const failure = new ForgeError("DIGEST_MISMATCH", "wrong bytes");
  async function* failing(bytes: Uint8Array) {
    yield* pieces(bytes.subarray(0, bytes.byteLength - 40));
    throw failure;
  }
  for (const [, bytes] of FORMS) {
    const error = await assertRejects(
      () => extractModule(failing(bytes), new Collected()),
      ForgeError,
    );
    assert(error === failure);
  }
});

Deno.test("an error of the sink ends the work and closes the source", async () => {
  const failure = new Error("disk full");
  for (const [, bytes] of FORMS) {
    const closed = Promise.withResolvers<void>();
    const source = async function* () {
      try {
        yield* pieces(bytes);
      } finally {
        closed.resolve();
      }
    };
    const sink = {
      write: () => Promise.reject(failure),
      restart: () => Promise.resolve(),
    };
    const error = await assertRejects(() => extractModule(source(), sink));
    assert(error === failure);
    await closed.promise;
  }
});

Deno.test("an abort ends the work with its reason", async () => {
  const reason = new Error("enough");
  const error = await assertRejects(
    () => extract(IMAGE, { signal: AbortSignal.abort(reason) }),
  );
  assert(error === reason);
});

Deno.test("old tars without a magic are told by their checksum", async () => {
  const old = IMAGE.slice();
  for (let offset = 0; offset < old.byteLength - 1024;) {
    const header = old.subarray(offset, offset + 512);
    const size = parseInt(
      new TextDecoder().decode(header.subarray(124, 135)),
      8,
    );
    header.fill(0, 257);
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(
      new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `),
      148,
    );
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  assertEquals(sniff(old), "tar");
  assertEquals((await extract(old)).bytes, WASM);
  old[0]! ^= 1;
  assertEquals(sniff(old), "unknown");
});

async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decompress(pieces(bytes, 5000), "zstd")) {
    chunks.push(chunk.slice());
  }
  return concat(...chunks);
}

Deno.test("zstd of many frames and levels unpacks to what was packed", async () => {
  const bytes = new Uint8Array(700_000).map((_, i) => (i * i) >> 7);
  const frames = concat(
    new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]),
    zstd(bytes, 1),
    zstd(new Uint8Array()),
    zstd(bytes, 19),
    zstd(new Uint8Array(2_000_000)),
    new Uint8Array([0x5f, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7]),
    zstd(WASM),
  );
  assertEquals(
    await unpack(frames),
    concat(bytes, bytes, new Uint8Array(2_000_000), WASM),
  );
});

Deno.test("zstd that wants too much memory, or ends too early, is refused", async () => {
  const window = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa0, 1, 0, 0, 0]);
  const cut = zstd(WASM).subarray(0, -1);
  const reserved = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 7, 0, 0]);
  for (const bytes of [window, cut, concat(zstd(WASM), window), reserved]) {
    const error = await assertRejects(() => unpack(bytes), ForgeError);
    assertEquals(error.code, "ARTIFACT_UNSUPPORTED");
  }
});
