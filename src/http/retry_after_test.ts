import { assertEquals } from "@std/assert";
import { findRetryAfter, parseRetryAfter } from "./retry_after.ts";

const NOW = Date.UTC(2030, 0, 1);

Deno.test("Retry-After is understood in all the forms that servers use", () => {
  const table: readonly [string, number][] = [
    ["0", 0],
    ["120", 120_000],
    [" 5 ", 5000],
    ["1.5", 1500],
    ["120s", 120_000],
    ["250ms", 250],
    ["1m30s", 90_000],
    ["1.106666ms", 1.106666],
    ["500µs", 0.5],
    ["Tue, 01 Jan 2030 00:00:10 GMT", 10_000],
    ["2030-01-01T00:01:00Z", 60_000],
    ["Mon, 31 Dec 2029 23:59:00 GMT", 0],
    [String(NOW / 1000 + 30), 30_000],
    [String(NOW / 1000 - 30), 0],
    [String(NOW + 30_000), 30_000],
    ["30, 45", 45_000],
    ["30,30", 30_000],
    ['"30"', 30_000],
    ["30 s", 30_000],
    ["30 seconds", 30_000],
    ["1 minute 30 sec", 90_000],
    ["2 minutes", 120_000],
    ["1 hour", 3_600_000],
    ["999999999h", 30 * 24 * 3_600_000],
    ["9".repeat(400), 30 * 24 * 3_600_000],
  ];
  assertEquals(
    table.map(([text]) => parseRetryAfter(text, NOW)),
    table.map(([, ms]) => ms),
  );
});

Deno.test("a Retry-After that says nothing is ignored", () => {
  const table = [null, "", "soon", "-5", "5 apples", "1h junk", "NaN", "1e3"]
    .concat(["30, soon", "5 smiles", ",", '"']);
  assertEquals(
    table.map((text) => parseRetryAfter(text, NOW)),
    table.map(() => undefined),
  );
});

Deno.test("a wait inside an error message is found", () => {
  const table: readonly [string, number | undefined][] = [
    [
      '{"errors":[{"code":"TOOMANYREQUESTS","message":"retry-after: 123.5ms, allowed: 44000/minute"}]}',
      123.5,
    ],
    ["toomanyrequests: retry-after: 1.106666ms, allowed: 1/s", 1.106666],
    ['{"retry_after": 30}', 30_000],
    ['{"retryAfter":"2s"}', 2000],
    ["Retry-After: 7", 7000],
    ["please retry after a while", undefined],
    ["too many requests", undefined],
    ["", undefined],
  ];
  assertEquals(
    table.map(([text]) => findRetryAfter(text)),
    table.map(([, ms]) => ms),
  );
});
