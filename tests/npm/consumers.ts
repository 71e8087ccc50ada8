/**
 * Programs that use the package, as its users would write them.
 *
 * @module
 */

/** Imports every subpath; prints how many names each has. */
export function importAll(specifiers: readonly string[]): string {
  const imports = specifiers.map((specifier, i) =>
    `import * as m${i} from ${JSON.stringify(specifier)};`
  );
  return `${imports.join("\n")}
for (const module of [${specifiers.map((_, i) => `m${i}`).join(", ")}]) {
  const names = Object.keys(module);
  if (names.length === 0) throw new Error("a subpath exports nothing");
}
`;
}

/** Requires every subpath, as CommonJS can from Node 20.19 on. */
export function requireAll(specifiers: readonly string[]): string {
  return `for (const specifier of ${JSON.stringify(specifiers)}) {
  if (Object.keys(require(specifier)).length === 0) {
    throw new Error(specifier + " exports nothing");
  }
}
`;
}

/** Uses types as well as values. */
export function typedConsumer(specifiers: readonly string[]): string {
  return `${importAll(specifiers)}
import { ForgeError, type ForgeErrorCode } from "@forgepoint/forge";
import { type Digest, parseReference } from "@forgepoint/forge/oci";

export const digest: Digest | undefined = parseReference("ghcr.io/a/b").digest;
export function codeOf(error: unknown): ForgeErrorCode | undefined {
  return error instanceof ForgeError ? error.code : undefined;
}
// @ts-expect-error -- a reference is text
parseReference(1);
`;
}

/** How a program is compiled. */
export interface TypeSettings {
  /** How modules are found. */
  readonly moduleResolution: "node16" | "nodenext" | "bundler";
  /** What is there without an import. */
  readonly lib: readonly string[];
}

/** The ways to compile the consumer: most programs of Node do without a browser. */
export const TYPE_SETTINGS: readonly TypeSettings[] = [
  { moduleResolution: "node16", lib: ["ES2022"] },
  { moduleResolution: "nodenext", lib: ["ES2022"] },
  { moduleResolution: "bundler", lib: ["ES2022", "DOM"] },
];

/** The file with {@linkcode tsconfig}. */
export function tsconfigName({ moduleResolution }: TypeSettings): string {
  return `tsconfig.${moduleResolution}.json`;
}

/** The configuration under which the consumer is compiled. */
export function tsconfig({ moduleResolution, lib }: TypeSettings): string {
  return JSON.stringify({
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: "es2022",
      lib,
      module: moduleResolution === "bundler" ? "esnext" : moduleResolution,
      moduleResolution,
      types: ["node"],
    },
    files: ["consumer.mts"],
  });
}

/** Publishes a module on loopback, then runs the program \`forge\` on it. */
export const MAIN_JOB = `
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pushWasm, startRegistry } from "@forgepoint/forge/testing";

const [forge, fixture] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), "forge-npm-"));
const registry = await startRegistry();
await pushWasm(registry, "acme/notes", "v1", await readFile(fixture));
await writeFile(join(directory, "forge.ron"), \`Config(extensions: Extensions(oci: [
  OciExtension(name: "notes", registry: "\${registry.host}", image: "acme/notes", reference: Tag("v1")),
]))\`);

expect(await run(), "pulled");
expect(await run(), "cached");
await registry.close();
expect(await run("--offline"), "cached");
await rm(directory, { recursive: true });

function run(...options) {
  const child = spawn(process.execPath, [forge, "run", "--json", ...options], {
    cwd: directory,
    env: { ...process.env, XDG_CACHE_HOME: directory, HOME: directory },
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => out += chunk);
  child.stderr.on("data", (chunk) => err += chunk);
  return new Promise((resolve) =>
    child.on("close", (status) => resolve({ status, out, err }))
  );
}

function expect({ status, out, err }, wanted) {
  const entry = status === 0 ? JSON.parse(out).extensions[0] : undefined;
  if (entry?.status === wanted && entry.loaded) return;
  throw new Error(wanted + " was expected, status " + status + ": " + out + err);
}
`;
