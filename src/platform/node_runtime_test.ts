import { assertEquals } from "@std/assert";
import { nameNodeRuntime } from "./node_runtime.ts";

Deno.test("Bun is called Bun, whatever version of Node it gives", () => {
  assertEquals(nameNodeRuntime({ node: "26.3.0", bun: "1.4.5" }), {
    ...{ runtimeName: "Bun", runtimeVersion: "1.4.5" },
  });
  assertEquals(nameNodeRuntime({ node: "22.12.0" }), {
    ...{ runtimeName: "Node", runtimeVersion: "22.12.0" },
  });
});
