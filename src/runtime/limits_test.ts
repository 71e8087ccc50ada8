import { assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_LIMITS, fullTank, resolveLimits } from "./limits.ts";

Deno.test("limits that are not given are those of the original server", () => {
  assertEquals(resolveLimits(), DEFAULT_LIMITS);
  assertEquals(resolveLimits({ fuel: undefined, timeoutMs: 1 } as never), {
    ...DEFAULT_LIMITS,
    timeoutMs: 1,
  });
  const { moduleBytes, memoryBytes, fuel, timeoutMs, maxConcurrentOperations } =
    DEFAULT_LIMITS;
  assertEquals(
    [moduleBytes, memoryBytes, fuel, timeoutMs, maxConcurrentOperations],
    [10_485_760, 16_777_216, 1_000_000_000, 5000, 10],
  );
});

Deno.test("a limit that is no number is refused by name", () => {
  for (const value of [-1, NaN, "10" as never]) {
    assertThrows(
      () => resolveLimits({ fuel: value }),
      RangeError,
      "limit fuel",
    );
  }
});

Deno.test("fuel without end is as much as can be counted", () => {
  assertEquals(fullTank({ fuel: Infinity }), 9_007_199_254_740_991n);
  assertEquals(fullTank({ fuel: 10.5 }), 10n);
});
