import { assertEquals } from "@std/assert";
import { redactUrl } from "./redact.ts";

Deno.test("URLs lose what may be secret and keep what says where", () => {
  const table: readonly [string, string][] = [
    [
      "https://r.example/v2/a/manifests/v1",
      "https://r.example/v2/a/manifests/v1",
    ],
    ["https://user:pass@r.example/a", "https://r.example/a"],
    [
      "https://s3.example/a?X-Amz-Signature=abc&X-Amz-Date=1",
      "https://s3.example/a?X-Amz-Signature=REDACTED&X-Amz-Date=REDACTED",
    ],
    [
      "https://a.example/t?service=r&scope=s&account=me#frag",
      "https://a.example/t?service=r&scope=s&account=REDACTED",
    ],
    [
      "https://r.example/tags?n=10&last=v1",
      "https://r.example/tags?n=10&last=v1",
    ],
    ["not a url?secret", "not a url"],
  ];
  assertEquals(
    table.map(([url]) => redactUrl(url)),
    table.map(([, redacted]) => redacted),
  );
});
