import { assertEquals } from "@std/assert";
import { fuzzRon } from "./fuzz.ts";

Deno.test("mutated texts break nothing: a short run of the long campaign", async () => {
  const { failures } = await fuzzRon({ seed: 20240607, count: 5000 });
  assertEquals(failures, []);
});
