import { assertEquals } from "@std/assert";
import { differenceFrom, findLocked } from "./match.ts";
import { digest, entry } from "./samples_test.ts";

const LOCKED = entry("greeter");
const LOCK = { extensions: [entry("notes"), LOCKED] };

Deno.test("an extension is found by its name and reference", () => {
  const { name, reference } = LOCKED;
  assertEquals(findLocked(LOCK, { name, reference }), {
    kind: "locked",
    locked: LOCKED,
  });
  assertEquals(findLocked(LOCK, { name, reference: "ghcr.io/acme/x:v2" }), {
    kind: "other-reference",
    locked: LOCKED,
  });
  assertEquals(findLocked(LOCK, { name: "other", reference }), {
    kind: "absent",
  });
});

Deno.test("while a reference moves, both are found", () => {
  const moved = entry("greeter", { reference: "ghcr.io/acme/greeter:v2" });
  const lock = { extensions: [LOCKED, moved] };
  for (const locked of lock.extensions) {
    assertEquals(findLocked(lock, locked), { kind: "locked", locked });
  }
});

Deno.test("the same content has no difference, and what is not known is none", () => {
  assertEquals(differenceFrom(LOCKED, LOCKED), undefined);
  const { sha256, sizeBytes } = LOCKED;
  assertEquals(differenceFrom(LOCKED, { sha256, sizeBytes }), undefined);
});

for (
  const [field, value, code] of [
    ["manifestDigest", digest("x"), "LOCK_MANIFEST_MISMATCH"],
    ["layerDigest", digest("x"), "LOCK_LAYER_MISMATCH"],
    ["sizeBytes", 413, "LOCK_SIZE_MISMATCH"],
    ["sha256", digest("x").slice(7), "LOCK_MODULE_MISMATCH"],
  ] as const
) {
  Deno.test(`another ${field} is a difference of its own`, () => {
    const found = differenceFrom(LOCKED, { ...LOCKED, [field]: value });
    assertEquals(found?.code, code);
    assertEquals(found?.expected, String(LOCKED[field]));
    assertEquals(found?.found, String(value));
  });
}
