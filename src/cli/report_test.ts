import { assertEquals } from "@std/assert";
import { ForgeError } from "../errors.ts";
import type { Outcome } from "../install/mod.ts";
import { type ReportEntry, reportJson, reportTable } from "./report.ts";

const SHA = "0123456789abcdef".repeat(4);
const OCI = {
  name: "notes",
  source: "oci",
  registry: "ghcr.io",
  image: "acme/notes",
  reference: "v1",
} as const;

const pulled: Outcome = {
  ...OCI,
  status: "pulled",
  path: "/cache/a.wasm",
  sha256: SHA,
  sizeBytes: 1536,
  verified: true,
  manifestDigest: `sha256:${"a".repeat(64)}`,
  layerDigest: `sha256:${"b".repeat(64)}`,
};
const local: Outcome = {
  name: "mine",
  source: "local",
  status: "local",
  path: "/app/mine.wasm",
  sha256: SHA,
  sizeBytes: 8,
  verified: true,
};
const failed: Outcome = {
  ...OCI,
  reference: `sha256:${"c".repeat(64)}`,
  status: "failed",
  error: new ForgeError("REGISTRY_NOT_FOUND", "Failed to fetch it", {
    hint: "Check it",
  }),
};
const skipped: Outcome = {
  ...OCI,
  status: "skipped",
  error: new ForgeError("NOT_CACHED", "Skipping notes"),
};

function table(...entries: readonly ReportEntry[]): string[][] {
  return reportTable(entries).trimEnd().split("\n").slice(1)
    .map((row) => row.split(/ {2,}/));
}

Deno.test("a row names reference, manifest digest, size and what happened", () => {
  assertEquals(table({ outcome: pulled, loaded: true, kind: "core" }), [[
    "notes",
    "oci",
    "ghcr.io/acme/notes:v1",
    "sha256:aaaaaaaaaaaa",
    "1.5 KiB",
    "pulled, loaded",
  ]]);
});

Deno.test("a local extension has its path for a reference, its own digest for a digest", () => {
  assertEquals(table({ outcome: local, loaded: true }), [[
    "mine",
    "local",
    "/app/mine.wasm",
    "sha256:0123456789ab",
    "8 B",
    "local, loaded",
  ]]);
});

Deno.test("what is not there has dashes, and a digest reference is short", () => {
  assertEquals(table({ outcome: failed, loaded: false }), [[
    "notes",
    "oci",
    "ghcr.io/acme/notes@sha256:cccccccccccc",
    "-",
    "-",
    "failed",
  ]]);
});

Deno.test("a status tells pulled, loaded and not loaded apart", () => {
  const loadError = new ForgeError("WASM_UNSUPPORTED", "Cannot load notes");
  const statuses = table(
    { outcome: pulled, loaded: false },
    { outcome: pulled, loaded: false, loadError },
    { outcome: skipped, loaded: false },
  ).map((row) => row.at(-1));
  assertEquals(statuses, ["pulled", "pulled, not loaded", "skipped"]);
});

function json(...entries: readonly ReportEntry[]) {
  return JSON.parse(reportJson(entries, { ok: true, sandbox: "none" }));
}

Deno.test("what an extension says of itself is shown, without what it could do to a terminal", () => {
  const info = { name: "evil\x1b[2J", version: "1\n2", capabilities: [] };
  const [row] = table({ outcome: pulled, loaded: true, info });
  assertEquals(row?.at(-1), "pulled, loaded (evil\ufffd[2J 1 2)");
  const { extensions } = json({ outcome: pulled, loaded: true, info });
  assertEquals(extensions[0].info, info);
});

Deno.test("the document has every field of an extension that is there", () => {
  const { extensions, ok } = json({
    outcome: pulled,
    loaded: true,
    kind: "core",
  });
  assertEquals(ok, true);
  const { verified: _, ...fields } = pulled;
  assertEquals(extensions, [{ ...fields, loaded: true, kind: "core" }]);
});

Deno.test("the document has the error of an extension that is not", () => {
  const [entry] = json({ outcome: failed, loaded: false }).extensions;
  assertEquals(entry.error, {
    code: "REGISTRY_NOT_FOUND",
    message: "Failed to fetch it",
    hint: "Check it",
  });
  assertEquals("path" in entry, false);
});

Deno.test("the document has the error of an extension that could not be loaded", () => {
  const loadError = new ForgeError("WASM_TRAP", "Cannot finish _initialize");
  const [entry] =
    json({ outcome: local, loaded: false, kind: "core", loadError }).extensions;
  assertEquals(entry.error, {
    code: "WASM_TRAP",
    message: "Cannot finish _initialize",
  });
  assertEquals(entry.status, "local");
});

Deno.test("a report of nothing is a document all the same", () => {
  assertEquals(json().extensions, []);
});
