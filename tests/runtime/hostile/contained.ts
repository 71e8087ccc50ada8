/** What must hold after every attack. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ForgeError, type ForgeErrorCode } from "../../../src/errors.ts";
import type {
  Extension,
  ExtensionLimits,
  LoadExtensionOptions,
} from "../../../src/runtime/mod.ts";
import { fixture, openStage, type Stage } from "../stage.ts";

/** Little enough that tests are fast. */
export const FUEL = 500_000;

/** An extension that tries something. */
export interface Attack {
  /** What it tries; the name of the test. */
  readonly name: string;
  /** The module. */
  readonly module: () => Promise<Uint8Array<ArrayBuffer>>;
  /** When it tries it: while it is loaded, or when a field is resolved. */
  readonly during: "load" | "resolve";
  /** What comes of it. */
  readonly code: ForgeErrorCode;
  /** Words of the message. */
  readonly words?: RegExp;
  /** Limits that are not those of these tests. */
  readonly limits?: Partial<ExtensionLimits>;
  /** Other options. */
  readonly options?: LoadExtensionOptions;
}

/** Registers a test for each. */
export function testAttacks(attacks: readonly Attack[]): void {
  for (const attack of attacks) {
    Deno.test(`${attack.name} is contained`, async () => {
      await using stage = await openStage();
      const witness = await openWitness(stage);
      const error = await attempt(stage, attack);
      assertEquals(error.code, attack.code, error.message);
      assertMessage(error, attack.words);
      await checkWitness(witness);
    });
  }
}

async function attempt(stage: Stage, attack: Attack): Promise<ForgeError> {
  const bytes = await attack.module();
  const options = {
    name: "hostile",
    // Opening one takes longer than everything else.
    database: undefined,
    limits: { fuel: FUEL, ...attack.limits },
    ...attack.options,
  };
  if (attack.during === "load") {
    return await assertRejects(() => stage.load(bytes, options), ForgeError);
  }
  const extension = await stage.load(bytes, options);
  const error = await fail(extension);
  // What broke is replaced, and breaks in the same way.
  assertEquals((await fail(extension)).code, error.code);
  assertEquals(extension.metrics.traps, 2);
  return error;
}

/** Resolves a field, which must fail. */
export function fail(extension: Extension): Promise<ForgeError> {
  return assertRejects(
    () => extension.resolveField({ fieldName: "f", parentType: "Query" }),
    ForgeError,
  );
}

function assertMessage(error: ForgeError, words: RegExp | undefined): void {
  assert(error.message.includes("hostile"), error.message);
  assert(error.hint !== undefined, error.message);
  if (words !== undefined) assert(words.test(error.message), error.message);
}

/** Loads an extension that has nothing to do with the attack. */
export async function openWitness(stage: Stage): Promise<Extension> {
  const bytes = await fixture("world");
  const witness = await stage.load(bytes, {
    name: "witness",
    database: undefined,
  });
  assertEquals(await count(witness), "1");
  return witness;
}

/** The program is alive, and the other extension the one that it was. */
export async function checkWitness(witness: Extension): Promise<void> {
  assertEquals(await count(witness), "2");
  assertEquals(witness.metrics.failures, 0);
}

/** How often the instance was asked. */
async function count(witness: Extension): Promise<string> {
  const request = { fieldName: "count", parentType: "Query" };
  const result = await witness.resolveField(request);
  return result.status === "success" ? result.json : result.message;
}
