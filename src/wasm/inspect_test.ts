import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import {
  checkImports,
  inspect,
  isCommand,
  isReactor,
  refusedImports,
} from "./mod.ts";

const read = (name: string) =>
  Deno.readFile(new URL(`../../tests/fixtures/${name}.wasm`, import.meta.url));

const CORE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const COMPONENT = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];
const ascii = (text: string) => [
  text.length,
  ...new TextEncoder().encode(text),
];
const section = (id: number, content: readonly number[]) => [
  id,
  content.length,
  ...content,
];
const core = (...sections: number[][]) =>
  new Uint8Array([...CORE, ...sections.flat()]);
const component = (...sections: number[][]) =>
  new Uint8Array([...COMPONENT, ...sections.flat()]);

Deno.test("imports and exports come with their signatures", async () => {
  const info = inspect(await read("greeter"));
  assertEquals(info.kind, "core");
  assertEquals(info.imports, [{
    module: "wasi_snapshot_preview1",
    name: "fd_write",
    kind: "function",
    type: { params: ["i32", "i32", "i32", "i32"], results: ["i32"] },
  }]);
  assertEquals(info.exports.map(({ name, kind }) => `${kind} ${name}`), [
    "memory memory",
    "function _initialize",
    "function add",
    "function fib",
    "function half",
    "function count",
  ]);
  assertEquals(info.exports[3]?.type, { params: ["i32"], results: ["i64"] });
});

Deno.test("the memory and its limits are found", async () => {
  assertEquals(inspect(await read("trap")).memory, {
    min: 1,
    max: 1,
    imported: false,
    shared: false,
    memory64: false,
  });
  assertEquals(inspect(core(section(5, [1, 0, 2]))).memory?.min, 2);
  assertEquals(inspect(core()).memory, undefined);
});

Deno.test("commands and reactors are told apart", async () => {
  const kinds = async (name: string) => {
    const info = inspect(await read(name));
    return [isCommand(info), isReactor(info)];
  };
  assertEquals(await kinds("command"), [true, false]);
  assertEquals(await kinds("greeter"), [false, true]);
  assertEquals(await kinds("trap"), [false, false]);
});

Deno.test("imports beyond WASI preview 1 are refused by name", async () => {
  checkImports(inspect(await read("command")));
  const info = inspect(await read("bad_import"));
  const error = assertThrows(() => checkImports(info), ForgeError);
  assertEquals(error.code, "WASM_UNSUPPORTED");
  assertStringIncludes(error.message, '"env.evil"');
  checkImports(info, ["env"]);
});

Deno.test("an imported memory is refused whoever should give it", () => {
  const name = "wasi_snapshot_preview1";
  const bytes = core(
    section(2, [1, ...ascii(name), ...ascii("memory"), 2, 0, 1]),
  );
  const info = inspect(bytes);
  assertEquals(info.memory?.imported, true);
  assertEquals(refusedImports(info, [name]).map(({ kind }) => kind), [
    "memory",
  ]);
});

Deno.test("custom sections give the name, the producers and the world", () => {
  const world =
    "component-type:wit-bindgen:0.36.0:forge:extension@0.2.0:extension:encoded world";
  const bytes = core(
    section(0, [...ascii("name"), 0, 6, ...ascii("notes")]),
    section(0, [
      ...ascii("producers"),
      1,
      ...ascii("language"),
      1,
      ...ascii("Rust"),
      ...ascii("2021"),
    ]),
    section(0, ascii(world)),
  );
  const info = inspect(bytes);
  assertEquals(info.name, "notes");
  assertEquals(info.producers, [
    { field: "language", name: "Rust", version: "2021" },
  ]);
  assertEquals(info.worlds, ["forge:extension@0.2.0:extension"]);
  assertEquals(info.customSections.map(({ name, size }) => [name, size]), [
    ["name", 8],
    ["producers", 21],
    [world, 0],
  ]);
});

Deno.test("a damaged custom section does not make the module invalid", () => {
  const bytes = core(
    section(0, [...ascii("producers"), 9]),
    section(0, [...ascii("name"), 0, 99]),
    section(0, [...ascii("component-type:x"), 1, 2, 3]),
  );
  const info = inspect(bytes);
  assertEquals([info.producers, info.name, info.worlds], [[], undefined, []]);
});

Deno.test("a component shows its interfaces and the modules inside", async () => {
  const info = inspect(await read("component"));
  assertEquals([info.kind, info.modules.length], ["component", 1]);
  assertEquals(info.modules[0]?.info.exports[1]?.name, "_initialize");
  const named = inspect(component(
    section(10, [1, 0, ...ascii("wasi:cli/stdin@0.2.3"), 5, 0]),
    section(11, [1, 0, ...ascii("forge:extension/api@0.2.0"), 5, 0, 0]),
  ));
  assertEquals(named.imports, [
    { module: "", name: "wasi:cli/stdin@0.2.3", kind: "instance" },
  ]);
  assertEquals(named.exports, [
    { name: "forge:extension/api@0.2.0", kind: "instance" },
  ]);
});

Deno.test("modules in nested components are found where they are", () => {
  const inner = component(section(1, CORE));
  const info = inspect(component(section(4, [...inner])));
  assertEquals(info.modules.map(({ offset }) => offset), [20]);
});

Deno.test("types of the garbage collection proposal do not stop inspection", () => {
  const bytes = core(
    section(1, [
      3,
      0x4e,
      2,
      0x5f,
      1,
      0x64,
      0x00,
      0x01,
      0x50,
      1,
      0,
      0x5e,
      0x78,
      0x00,
      0x60,
      1,
      0x63,
      0x00,
      0,
      0x60,
      0,
      1,
      0x64,
      0x70,
    ]),
    section(3, [2, 2, 3]),
    section(7, [2, ...ascii("a"), 0, 0, ...ascii("b"), 0, 1]),
  );
  assertEquals(inspect(bytes).exports.map(({ type }) => type), [
    { params: ["(ref null 0)"], results: [] },
    { params: [], results: ["(ref func)"] },
  ]);
});

const INVALID: readonly (readonly [string, Uint8Array, string])[] = [
  [
    "a section longer than the file",
    core([1, 9, 0]),
    "truncated type section: 9 bytes promised, 1 left (at byte 10)",
  ],
  ["a section without a size", core([1]), "truncated section header"],
  ["an unknown section", core(section(14, [])), "unknown section 14"],
  [
    "a section twice",
    core(section(1, [0]), section(1, [0])),
    "out of order or repeated",
  ],
  [
    "sections out of order",
    core(section(3, [0]), section(1, [0])),
    "out of order",
  ],
  [
    "a number of more than 32 bits",
    core([1, 0xff, 0xff, 0xff, 0xff, 0x1f]),
    "does not fit 32 bits",
  ],
  [
    "a number that does not end",
    core([1, 0x80, 0x80, 0x80, 0x80, 0x80, 0]),
    "does not fit|longer than 5 bytes",
  ],
  [
    "a vector longer than its section",
    core([1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    "do not fit what is left",
  ],
  ["a name that is not UTF-8", core(section(0, [1, 0xff])), "not UTF-8"],
  [
    "bytes left over",
    core(section(1, [0, 0])),
    "1 bytes are left over in type section",
  ],
  ["an unknown type form", core(section(1, [1, 0x40])), "unknown type form"],
  [
    "an unknown value type",
    core(section(1, [1, 0x60, 1, 0x40, 0])),
    "unknown type 0x40",
  ],
  [
    "an unknown kind of import",
    core(section(2, [1, 1, 97, 1, 98, 9, 0])),
    "unknown kind 9",
  ],
  [
    "an unknown sort of component import",
    component(section(10, [1, 0, 1, 97, 9, 0])),
    "unknown sort 9",
  ],
];

for (const [name, bytes, words] of INVALID) {
  Deno.test(`${name} is refused with its place`, () => {
    const error = assertThrows(() => inspect(bytes), ForgeError);
    assertEquals(error.code, "WASM_INVALID");
    const any = words.split("|");
    assertEquals(any.some((word) => error.message.includes(word)), true);
    assertStringIncludes(error.message, "(at byte ");
  });
}

Deno.test("components nested without end are refused, not followed", () => {
  let bytes = component();
  for (let depth = 0; depth < 18; depth++) {
    const size = bytes.byteLength;
    const leb = size < 128 ? [size] : [(size & 127) | 128, size >> 7];
    bytes = new Uint8Array([...COMPONENT, 4, ...leb, ...bytes]);
  }
  const error = assertThrows(() => inspect(bytes), ForgeError);
  assertStringIncludes(error.message, "nested too deep");
});
