import { assertEquals } from "@std/assert";
import { isWithoutProxy } from "./no_proxy.ts";

Deno.test("NO_PROXY names hosts in all forms that are in use", () => {
  const table: readonly [list: string, url: string][] = [
    ["r.example", "https://r.example/v2/"],
    ["R.Example", "https://r.example/"],
    ["r.example", "https://r.example./"],
    ["example", "https://a.r.example/"],
    [".example", "https://r.example/"],
    [".r.example", "https://r.example/"],
    ["*.example", "https://r.example/"],
    ["localhost, .corp,r.example", "https://r.example/"],
    ["localhost r.example", "https://r.example/"],
    ["*", "https://r.example/"],
    ["r.example:443", "https://r.example/"],
    ["r.example:5000", "http://r.example:5000/"],
    ["10.0.0.0/8", "http://10.1.2.3:5000/"],
    ["10.1.2.3", "http://10.1.2.3:5000/"],
    ["10.1.2.3:5000", "http://10.1.2.3:5000/"],
    ["0.0.0.0/0", "http://10.1.2.3/"],
    ["fd00::/8", "http://[fd12::1]:5000/"],
    ["::1", "http://[::1]:5000/"],
    ["[::1]", "http://[::1]:5000/"],
    ["[::1]:5000", "http://[::1]:5000/"],
  ];
  assertEquals(
    table.filter(([list, url]) => !isWithoutProxy(list, new URL(url))),
    [],
  );
});

Deno.test("NO_PROXY names no other hosts", () => {
  const table: readonly [list: string, url: string][] = [
    ["", "https://r.example/"],
    [" , ,", "https://r.example/"],
    [".", "https://r.example/"],
    ["*.", "https://r.example/"],
    ["r.example", "https://other.example/"],
    ["r.example", "https://bar.example/"],
    ["r.example", "https://r.example.evil/"],
    ["r.example:5000", "https://r.example/"],
    ["10.0.0.0/8", "http://11.1.2.3/"],
    ["10.0.0.0/8", "http://10.example/"],
    ["10.0.0.0/99", "http://10.1.2.3/"],
    ["10.0.0.0/x", "http://10.1.2.3/"],
    ["10.1.2.3:5000", "http://10.1.2.3:5001/"],
    ["fd00::/8", "http://10.1.2.3/"],
  ];
  assertEquals(
    table.filter(([list, url]) => isWithoutProxy(list, new URL(url))),
    [],
  );
});
