import { assertEquals } from "@std/assert";
import process from "node:process";
import { platform as here } from "./deno.ts";
import { platform as node } from "./node.ts";
import type { Platform } from "./types.ts";

const ADAPTERS: readonly Platform[] = [here, node];

Deno.test("both adapters have the same members, but only Deno has permissions", () => {
  const members = (adapter: Platform) =>
    Object.keys(adapter).filter((name) => name !== "sandbox").sort();
  assertEquals(members(here), members(node));
  assertEquals(node.sandbox, undefined);
});

for (const [i, adapter] of ADAPTERS.entries()) {
  Deno.test(`adapter ${i} (${adapter.runtime}) reads the environment`, () => {
    const name = Object.keys(process.env).find((name) => process.env[name]);
    assertEquals(adapter.env(name ?? ""), process.env[name ?? ""]);
    assertEquals(adapter.env("FORGE_NO_SUCH_VARIABLE"), undefined);
  });

  Deno.test(`adapter ${i} (${adapter.runtime}) knows the working directory`, () => {
    assertEquals(adapter.cwd(), process.cwd());
  });
}
