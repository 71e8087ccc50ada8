/**
 * Runs the in-memory registry in the foreground, for trying things out and
 * for running other programs' tests against it.
 *
 * ```sh
 * deno run -A scripts/with_jsr.ts run -A scripts/serve_registry.ts --port 5000
 * ```
 *
 * `--auth basic` or `--auth bearer` wants one user, whose name and password
 * come from `REGISTRY_USERNAME` and `REGISTRY_PASSWORD`. `--like hub` and
 * `--like ghcr` choose a behavior. What is pushed is gone when it ends.
 *
 * @module
 */

import {
  type AuthMode,
  GHCR_LIKE,
  HUB_LIKE,
  type RegistryBehavior,
  startRegistry,
} from "../src/testing/mod.ts";

const BEHAVIORS: Readonly<Record<string, RegistryBehavior>> = {
  full: {},
  hub: HUB_LIKE,
  ghcr: GHCR_LIKE,
};

if (import.meta.main) {
  const behavior = BEHAVIORS[option("like") ?? "full"];
  const port = Number(option("port") ?? "0");
  if (behavior === undefined || !Number.isInteger(port)) usage();
  const auth = readAuth();
  const registry = await startRegistry({
    port,
    behavior,
    ...(auth === undefined ? {} : { auth }),
  });
  console.log(registry.host);
}

function usage(): never {
  console.error(
    "usage: serve_registry.ts [--port N] [--auth basic|bearer] [--like full|hub|ghcr]",
  );
  Deno.exit(2);
}

function readAuth(): AuthMode | undefined {
  const kind = option("auth");
  if (kind === undefined) return undefined;
  if (kind !== "basic" && kind !== "bearer") return usage();
  const user = Deno.env.get("REGISTRY_USERNAME") ?? "";
  const password = Deno.env.get("REGISTRY_PASSWORD") ?? "";
  return { kind, users: { [user]: password } };
}

/** The value after `--name`. */
function option(name: string): string | undefined {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? undefined : Deno.args[at + 1];
}
