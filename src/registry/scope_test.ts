import { assertEquals } from "@std/assert";
import { mergeScopes, repositoryScope } from "./scope.ts";

Deno.test("pushing needs pulling too", () => {
  assertEquals(repositoryScope("a/b", "pull"), "repository:a/b:pull");
  assertEquals(repositoryScope("a/b", "push"), "repository:a/b:pull,push");
});

Deno.test("scopes of one resource become one, those of others stay apart", () => {
  const table: readonly [scopes: string[], merged: string[]][] = [
    [["repository:a:pull"], ["repository:a:pull"]],
    [["repository:a:pull", ""], ["repository:a:pull"]],
    [["repository:a:pull", "repository:a:pull,push"], [
      "repository:a:pull,push",
    ]],
    [["repository:a:pull", "repository:b:pull registry:catalog:*"], [
      "repository:a:pull",
      "repository:b:pull",
      "registry:catalog:*",
    ]],
    [["repository:host:5000/a:pull", "junk"], ["repository:host:5000/a:pull"]],
  ];
  assertEquals(
    table.map(([scopes]) => mergeScopes(...scopes)),
    table.map(([, merged]) => merged),
  );
});
