/**
 * The software of others that interoperability tests run.
 *
 * Where a tool is missing, a person is told how to get it and the test is
 * ignored; in CI the test fails, so that nothing is skipped unseen.
 *
 * @module
 */

import { fail } from "@std/assert";
import { join } from "@std/path";

/** A program that some tests need. */
export interface Tool {
  /** What people call it. */
  readonly name: string;
  /** How to get it. */
  readonly install: string;
  /** Where it is; `undefined` where it is not. */
  readonly path: string | undefined;
}

/** The registry that most others are made from. */
export const DOCKER_REGISTRY: Tool = debian("docker-registry");
/** The same program, a major version later. */
export const DISTRIBUTION: Tool = {
  ...go("github.com/distribution/distribution/v3/cmd/registry"),
  name: "distribution",
};
/** Copies images. */
export const SKOPEO: Tool = debian("skopeo");
/** Builds images from a Dockerfile, without a daemon. */
export const BUILDAH: Tool = debian("buildah");
/** Makes images file by file. */
export const UMOCI: Tool = debian("umoci");
/** Puts a directory into a file. */
export const TAR: Tool = debian("tar");
/** Merges lock files, as every project does. */
export const GIT: Tool = debian("git");
/** Shells, for the completion of command lines. */
export const BASH: Tool = debian("bash");
/** Another one. */
export const ZSH: Tool = debian("zsh");
/** And another. */
export const FISH: Tool = debian("fish");
/** Runs a program in a terminal of its own. */
export const SCRIPT: Tool = debian("script", "bsdutils");
/** Makes password files. */
export const HTPASSWD: Tool = debian("htpasswd", "apache2-utils");
/** Downloads, in the benchmark. */
export const CURL: Tool = debian("curl");
/** Hashes, in the benchmark. */
export const OPENSSL: Tool = debian("openssl");
/** Debian's compiler with Debian's WASI library: another rustc cannot use it. */
export const RUSTC: Tool = {
  ...debian("rustc", "rustc libstd-rust-dev-wasm32"),
  path: isThere("/usr/lib/rustlib/wasm32-wasi") && isThere("/usr/bin/rustc")
    ? "/usr/bin/rustc"
    : undefined,
};
/** Fetches packages. */
export const NPM: Tool = debian("npm");
/** What the guide publishes with. */
export const CRANE: Tool = go(
  "github.com/google/go-containerregistry/cmd/crane",
);
/** Pushes artifacts. */
export const ORAS: Tool = go("oras.land/oras/cmd/oras");

/** A registry of another family. */
export const ZOT: Tool = go("zotregistry.dev/zot/v2/cmd/zot");
/** Pushes and pulls with a third library. */
export const REGCTL: Tool = go("github.com/regclient/regclient/cmd/regctl");
/** Publishes and signs. */
export const COSIGN: Tool = go("github.com/sigstore/cosign/v2/cmd/cosign");
/** Publishes Wasm as the Bytecode Alliance lays it out. */
export const WKG: Tool = {
  name: "wkg",
  install: "cargo install wkg",
  path: findOnPath("wkg"),
};

/** Registers a test that runs where all of `tools` are. */
export function interopTest(
  name: string,
  tools: readonly Tool[],
  test: () => Promise<void>,
): void {
  const missing = tools.filter(({ path }) => path === undefined);
  if (missing.length === 0) return Deno.test(name, test);
  const needs = missing.map(({ name, install }) => `needs ${name}: ${install}`);
  const isCi = Deno.env.get("CI") === "true";
  if (isCi) {
    return Deno.test(name, () => fail(needs.join("\n")));
  }
  console.error(needs.join("\n"));
  Deno.test({ name, ignore: true, fn: test });
}

/** Where a tool is that a test has said it needs. */
export function pathOf(tool: Tool): string {
  return tool.path ?? fail(`needs ${tool.name}: ${tool.install}`);
}

function debian(name: string, packages = name): Tool {
  const install = `sudo apt-get install ${packages}`;
  return { name, install, path: findOnPath(name) };
}

function go(module: string): Tool {
  const name = module.slice(module.lastIndexOf("/") + 1);
  const install = `go install ${module}@latest`;
  return { name, install, path: findOnPath(name) };
}

function findOnPath(name: string): string | undefined {
  const directories = (Deno.env.get("PATH") ?? "").split(":");
  return directories.map((directory) => join(directory, name)).find(isThere);
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    // Absent or out of reach: it cannot be used either way.
    return false;
  }
}
