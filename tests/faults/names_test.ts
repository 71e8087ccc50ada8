/** Names that no registry can have. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { forgeRon, ociEntry } from "../cli/workspace.ts";
import { assertNothingLeft, openScene } from "./scene.ts";

/** Names that no registry can have; nothing is sent for them. */
const NAMES: readonly {
  readonly name: string;
  readonly image?: string;
  readonly reference?: string;
  readonly says: string;
}[] = [
  {
    name:
      "an image with Unicode in its name is refused before anything is sent",
    image: "acme/größer",
    says: "größer",
  },
  {
    name: "an image whose name is too long is refused before anything is sent",
    image: `acme/${"x".repeat(300)}`,
    says: "255",
  },
  {
    name: "a tag that is too long is refused before anything is sent",
    reference: "v".repeat(129),
    says: "128",
  },
  {
    name: "a tag with Unicode is refused before anything is sent",
    reference: "vérsion",
    says: "vérsion",
  },
  {
    name: "an image that climbs up is refused before anything is sent",
    image: "acme/../../v2/_catalog",
    says: "acme/../../v2/_catalog",
  },
];

for (const { name, image, reference, says } of NAMES) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    const { registry, work } = scene;
    const oci = ociEntry(
      registry,
      "greeter",
      reference ?? "v1",
      image ?? "acme/greeter",
    );
    await work.write("forge.ron", forgeRon({ oci }));
    const { status, err } = await scene.pull();
    assertEquals(status, 2, err);
    assertStringIncludes(err, says);
    assertEquals(registry.requests.length, 0);
    assertNothingLeft(work);
  });
}
