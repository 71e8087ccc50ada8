/** Hints about limits: they name what whoever reads them can change. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import type { FieldRequest } from "./field.ts";
import { type GuestWat, guestWat } from "./guest_wat_test.ts";
import type { ExtensionLimits } from "./limits.ts";
import { loadExtension, type LoadExtensionOptions } from "./load.ts";

const REQUEST: FieldRequest = { fieldName: "f", parentType: "Query" };

interface Case {
  readonly limits: Partial<ExtensionLimits>;
  readonly code: ForgeErrorCode;
  readonly wat?: GuestWat;
  readonly options?: LoadExtensionOptions;
}

const clock = { time: 0, now: () => clock.time += 10 };

const cases: readonly Case[] = [
  { limits: { moduleBytes: 100 }, code: "TOO_LARGE" },
  {
    limits: { memoryBytes: 65_536 },
    code: "TOO_LARGE",
    wat: { memory: `(memory (export "memory") 2)` },
  },
  {
    limits: { memoryBytes: 65_536 },
    code: "EXTENSION_OUT_OF_MEMORY",
    wat: {
      resolve: `(drop (memory.grow (i32.const 10))) (unreachable)`,
    },
  },
  {
    limits: { fuel: 10_000 },
    code: "EXTENSION_OUT_OF_FUEL",
    wat: { resolve: "(loop $a (br $a)) (unreachable)" },
  },
  {
    limits: { timeoutMs: 1 },
    code: "EXTENSION_TIMEOUT",
    options: { clock },
  },
  { limits: { maxConcurrentOperations: 0 }, code: "EXTENSION_BUSY" },
];

async function hintOf(
  { limits, code, wat, options }: Case,
  limitNames?: LoadExtensionOptions["limitNames"],
): Promise<string> {
  const error = await assertRejects(async () => {
    const bytes = await guestWat(wat ?? {});
    await using extension = await loadExtension({ name: "sample", bytes }, {
      ...options,
      limits,
      limitNames,
    });
    await extension.resolveField(REQUEST);
  }, ForgeError);
  assertEquals(error.code, code, error.message);
  return error.hint ?? "";
}

for (const each of cases) {
  const [limit = ""] = Object.keys(each.limits);

  Deno.test(`${each.code} names ${limit} as it is called where it was set`, async () => {
    assertStringIncludes(await hintOf(each), `aise the limit ${limit}`);
    const names = { [limit]: "its_name in its file" };
    assertStringIncludes(
      await hintOf(each, names),
      "aise its_name in its file",
    );
  });
}

Deno.test("nobody is told to raise a limit of tables, which is fixed", async () => {
  const wat = { more: "(table 200000 funcref)" };
  const hint = await hintOf({ limits: {}, code: "TOO_LARGE", wat });
  assertEquals(hint, "Build it with a smaller table");
});
