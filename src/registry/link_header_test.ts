import { assertEquals } from "@std/assert";
import { nextPage } from "./link_header.ts";

const BASE = new URL("https://r.example/v2/a/tags/list?n=2");

Deno.test("the next page is found", () => {
  const table: readonly [string | null, string | undefined][] = [
    ['</v2/a/tags/list?n=2&last=b>; rel="next"', "/v2/a/tags/list?n=2&last=b"],
    ["</x>; rel=next", "/x"],
    ['</x>;rel="next"; title="more"', "/x"],
    ['</x>; rel="prev next"', "/x"],
    ['</a>; rel="first", </b>; rel="next"', "/b"],
    ['<?last=b>; rel="next"', "/v2/a/tags/list?last=b"],
    ['</x>; rel="previous"', undefined],
    ['</x>; rel="nextish"', undefined],
    ["</x>", undefined],
    ["junk", undefined],
    ["", undefined],
    [null, undefined],
  ];
  assertEquals(
    table.map(([header]) => nextPage(header, BASE)?.href),
    table.map(([, path]) => path && `https://r.example${path}`),
  );
});
