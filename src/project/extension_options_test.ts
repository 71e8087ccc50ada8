import { assertEquals } from "@std/assert";
import { join, resolve } from "@std/path";
import { parseConfig } from "../config/mod.ts";
import { platform } from "../platform/deno.ts";
import { DEFAULT_LIMITS, DEVELOPMENT_LIMITS } from "../runtime/mod.ts";
import {
  dataDirectory,
  extensionLimits,
  extensionOptions,
} from "./extension_options.ts";

const ROOT = resolve("/srv/app");

function projectOf(settings: string, limits = "") {
  const { config } = parseConfig(`(extensions: (
    local: [(name: "notes", path: "notes.wasm", ${limits})],
    settings: (${settings}),
  ))`);
  const location = {
    kind: "file",
    via: "search",
    root: ROOT,
    path: join(ROOT, "forge.ron"),
  } as const;
  return { config, location };
}

Deno.test("each extension has a database and a directory of its own", () => {
  const data = join(ROOT, ".forge/extensions/data");
  assertEquals(dataDirectory(projectOf("")), data);
  assertEquals(
    dataDirectory(projectOf('data_dir: Some("/data")')),
    resolve("/data"),
  );
  const options = extensionOptions(projectOf(""), "notes", { platform });
  assertEquals(options.database?.path, join(data, "notes.extension.db"));
  assertEquals(options.directory?.path, join(data, "notes"));
  assertEquals(options.database?.open, platform.openDatabase);
  const without = extensionOptions(projectOf(""), "notes", { platform: {} });
  assertEquals(without.database, undefined);
  assertEquals(without.directory, undefined);
});

Deno.test("limits of an extension are laid over those of all, and these over a profile", () => {
  const limitsOf = (settings: string, own = "") =>
    extensionLimits(projectOf(settings, own), "notes");
  assertEquals(limitsOf(""), DEFAULT_LIMITS);
  const development = "limits: Some((profile: Some(Development)))";
  assertEquals(limitsOf(development), DEVELOPMENT_LIMITS);
  assertEquals(limitsOf("", development), DEVELOPMENT_LIMITS);
  assertEquals(
    limitsOf(development, "limits: Some((profile: Some(Default)))"),
    DEFAULT_LIMITS,
  );
  assertEquals(
    limitsOf(
      "limits: Some((profile: Some(Development), fuel: Some(1), timeout_ms: Some(2)))",
      "limits: Some((timeout_ms: Some(3)))",
    ),
    { ...DEVELOPMENT_LIMITS, fuel: 1, timeoutMs: 3 },
  );
  assertEquals(extensionLimits(projectOf(""), "other"), DEFAULT_LIMITS);
});
