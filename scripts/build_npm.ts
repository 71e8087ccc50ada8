/**
 * Builds the package for npm in `npm/`.
 *
 * ```sh
 * deno task build:npm
 * ```
 *
 * The entry points are the exports of `deno.json`; what is added there reaches
 * npm without a change here. npm gets `dist/`, where the modules are put together
 * into few files, and their declarations in `esm/`. The tests run on Node on
 * the modules as they were compiled; npm does not get those.
 *
 * @module
 */

import { build, emptyDir } from "@deno/dnt";
import { fromFileUrl, join, resolve } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };
import { findAdapters } from "./npm/adapters.ts";
import { bundle } from "./npm/bundle.ts";
import { findTestFiles, READ_BY_TESTS } from "./npm/portable_tests.ts";
import { openStage } from "./npm/stage.ts";
import { nameCompiled, STARTED_BY_URL } from "./npm/started_by_url.ts";

/** The root of the repository. */
const ROOT = new URL("../", import.meta.url);

const HOME = "https://github.com/forgepoint/forge";

/** The program that npm installs. */
const PROGRAM = {
  kind: "bin",
  name: "forge",
  path: "./src/cli/node_bin.ts",
} as const;

/** Files that accompany the code. */
const DOCUMENTS = ["README.md", "LICENSE", "CHANGELOG.md"];

/** Options of {@linkcode buildNpm}. */
export interface BuildNpmOptions {
  /** Where to build; emptied first. */
  readonly outDir: string;
  /** What `npm test` does; the compiled tests unless told otherwise. */
  readonly testCommand?: string;
}

/** Builds the package. */
export async function buildNpm(options: BuildNpmOptions): Promise<void> {
  const { denoOnly } = await findTestFiles(ROOT);
  for (const { path, reason } of denoOnly) {
    console.log(`not for Node: ${path} ${reason}`);
  }
  await emptyDir(options.outDir);
  await using stage = await openStage(
    ROOT,
    new Set(denoOnly.map(({ path }) => path)),
  );
  await build({
    entryPoints: [...entryPoints(), ...STARTED_BY_URL, PROGRAM],
    cwd: stage.directory,
    outDir: resolve(options.outDir),
    shims: { deno: "dev" },
    // require() takes ES modules from Node 20.19 on; a second copy of every
    // module, with classes that are not those of the first, costs more than it gives.
    scriptModule: false,
    declaration: "inline",
    typeCheck: "single",
    // Node 20 has what the library uses, and the polyfill for import.meta.main
    // does not know the links of npm.
    polyfills: false,
    test: true,
    testPattern: "**/*_test.ts",
    testPreloadModule: "./tests/npm/older_node.ts",
    mappings: await findAdapters(ROOT),
    compilerOptions: {
      target: "ES2022",
      // What Node 20 has: anything newer is an error here.
      lib: ["ES2023", "DOM", "DOM.Iterable"],
      noUncheckedIndexedAccess: true,
      useUnknownInCatchVariables: true,
    },
    // Deno has checked the tests, for which the types of the shim are too old,
    // and the packages of JSR, for some of which those of Node 20 are.
    filterDiagnostic: (diagnostic) =>
      !/(_test\.ts|\/(?:tests|deps)\/.*)$/
        .test(diagnostic.file?.fileName ?? ""),
    package: packageJson(options),
    postBuild: () => finish(options.outDir),
  });
  await publishPackageJson(options.outDir);
}

function entryPoints(): { name: string; path: string }[] {
  return Object.entries(denoJson.exports).map(([name, path]) => ({
    name,
    path,
  }));
}

function packageJson(options: BuildNpmOptions) {
  const { name, version, description, license } = denoJson;
  const { testCommand } = options;
  return {
    name,
    version,
    description,
    license,
    type: "module",
    keywords: ["wasm", "webassembly", "wasi", "oci", "registry", "extensions"],
    homepage: `${HOME}#readme`,
    repository: { type: "git", url: `git+${HOME}.git` },
    bugs: { url: `${HOME}/issues` },
    engines: { node: ">=20" },
    sideEffects: false,
    publishConfig: { access: "public", provenance: true },
    exports: exportConditions(),
    // The types of Node's own modules, for those who compile the package.
    devDependencies: { "@types/node": "^24.0.0" },
    ...(testCommand === undefined ? {} : { scripts: { test: testCommand } }),
  };
}

/** "default" and not "import" only, so that require() of a recent Node works. */
function exportConditions(): Record<string, unknown> {
  const conditions = entryPoints().map(({ name, path }) => {
    const types = path.replace(/^\.\/(.*)\.ts$/, "./esm/$1.d.ts");
    return [name, { types, default: `./dist/${distName(name)}.js` }];
  });
  return {
    ...Object.fromEntries(conditions),
    "./package.json": "./package.json",
  };
}

/** The file of a subpath in `dist/`, without `.js`. */
function distName(subpath: string): string {
  return subpath === "." ? "mod" : subpath.slice(2).replaceAll("/", "-");
}

async function finish(outDir: string): Promise<void> {
  const compiled = (path: string) => path.replace(/^\.\/(.*)\.ts$/, "$1");
  await bundle({
    from: join(outDir, "esm"),
    to: join(outDir, "dist"),
    entries: {
      ...Object.fromEntries(
        entryPoints().map(({ name, path }) => [distName(name), compiled(path)]),
      ),
      [PROGRAM.name]: compiled(PROGRAM.path),
    },
  });
  await nameCompiled(join(outDir, "esm", "src"));
  await copyFiles(outDir);
}

/** dnt names the modules as they were compiled, and the tests, which npm does not get. */
async function publishPackageJson(outDir: string): Promise<void> {
  const path = join(outDir, "package.json");
  const { scripts: _tests, ...json } = JSON.parse(
    await Deno.readTextFile(path),
  );
  for (const { name } of STARTED_BY_URL) delete json.exports[name];
  // Without "./" in front: npm takes that for a mistake, and says so.
  const bin = { [PROGRAM.name]: `dist/${PROGRAM.name}.js` };
  const changed = { ...json, module: "./dist/mod.js", bin };
  await Deno.writeTextFile(path, JSON.stringify(changed, null, 2) + "\n");
}

async function copyFiles(outDir: string): Promise<void> {
  for (const name of DOCUMENTS) {
    await Deno.copyFile(new URL(name, ROOT), join(outDir, name));
  }
  for (const path of READ_BY_TESTS) await copy(path, join(outDir, "esm"));
  await Deno.writeTextFile(
    join(outDir, ".npmignore"),
    [
      "/esm/**/*.js",
      // Says that its modules are modules, as the package does.
      "/esm/package.json",
      "/esm/deps/",
      ...READ_BY_TESTS.map((path) => `/esm/${path}`),
      "",
    ]
      .join("\n"),
    { append: true },
  );
}

async function copy(path: string, target: string): Promise<void> {
  const source = new URL(path, ROOT);
  if ((await Deno.stat(source)).isFile) {
    if (!path.endsWith(".ts")) await Deno.copyFile(source, join(target, path));
    return;
  }
  await Deno.mkdir(join(target, path), { recursive: true });
  for await (const { name } of Deno.readDir(source)) {
    await copy(`${path}/${name}`, target);
  }
}

if (import.meta.main) {
  await buildNpm({ outDir: fromFileUrl(new URL("npm/", ROOT)) });
}
