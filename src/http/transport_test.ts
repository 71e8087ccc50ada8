import { assertEquals } from "@std/assert";
import { play } from "./fakes_test.ts";
import { withTransport } from "./transport.ts";

Deno.test("every request asks for bodies as they are and says who asks", () =>
  play([
    ["GET https://r.example/a", {
      status: 307,
      headers: { location: "https://blobs.example/b" },
    }],
    ["GET https://blobs.example/b", { body: "here" }],
  ], async (script) => {
    const { fetch, clock } = script;
    const send = withTransport(fetch, { clock, userAgent: "forge/1.2.3" });
    await send("https://r.example/a", { headers: { accept: "x/y" } });
    assertEquals(script.headers("accept-encoding"), ["identity", "identity"]);
    assertEquals(script.headers("user-agent"), ["forge/1.2.3", "forge/1.2.3"]);
    assertEquals(script.headers("accept"), ["x/y", "x/y"]);
  }));

Deno.test("a redirect that fails for a moment starts again at the first host", () =>
  play([
    ["GET https://r.example/a", {
      status: 307,
      headers: { location: "https://blobs.example/old" },
    }],
    ["GET https://blobs.example/old", { status: 503 }],
    ["GET https://r.example/a", {
      status: 307,
      headers: { location: "https://blobs.example/new" },
    }],
    ["GET https://blobs.example/new", { body: "here" }],
  ], async (script) => {
    const { fetch, clock } = script;
    const response = await withTransport(fetch, { clock })(
      "https://r.example/a",
    );
    assertEquals(await response.text(), "here");
    assertEquals(response.url, "https://blobs.example/new");
  }));
