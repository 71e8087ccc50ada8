import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { withOffline } from "./offline.ts";

Deno.test("offline refuses every request without sending it", async () => {
  let calls = 0;
  const fetch = withOffline(() => {
    calls++;
    return Promise.resolve(new Response());
  });
  const error = await assertRejects(
    () => fetch("https://ghcr.io/v2/"),
    ForgeError,
  );
  assertEquals(error.code, "NETWORK_OFFLINE");
  assertEquals(
    error.message,
    "Cannot connect to ghcr.io:443: offline mode is on",
  );
  assertEquals(calls, 0);
});
