import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { offlineFetch } from "./offline.ts";

Deno.test("offline refuses every request", async () => {
  const fetch = offlineFetch();
  const error = await assertRejects(
    () => fetch("https://ghcr.io/v2/"),
    ForgeError,
  );
  assertEquals(error.code, "NETWORK_OFFLINE");
  assertEquals(
    error.message,
    "Cannot connect to ghcr.io:443: offline mode is on",
  );
});
