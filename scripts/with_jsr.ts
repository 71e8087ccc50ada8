/**
 * Runs a `deno` subcommand with the JSR packages that `deno.json` declares, or,
 * where JSR cannot be reached, with the stand-ins of `scripts/jsr_standins/`.
 *
 * Some networks mirror npm and nothing else. This runner has no JSR import of
 * its own, so it starts everywhere; it decides once, says so in one line on
 * standard error, and passes everything else through:
 *
 * ```sh
 * deno run -A scripts/with_jsr.ts test -A
 * ```
 *
 * `FORGE_JSR=real` or `FORGE_JSR=standins` takes the decision away from it.
 * `JSR_URL` (Deno's own setting for a mirror) is respected.
 *
 * @module
 */

/** Long enough for a slow link, short enough not to be felt on a closed one. */
const PROBE_TIMEOUT_MS = 2_000;

const IMPORT_MAP = new URL("./jsr_standins/import_map.json", import.meta.url);
const PROBE = new URL("./jsr_standins/probe.ts", import.meta.url);

if (import.meta.main) {
  const [subcommand, ...rest] = Deno.args;
  if (subcommand === undefined) {
    console.error(
      "usage: deno run -A scripts/with_jsr.ts SUBCOMMAND [ARGS...]",
    );
    Deno.exit(2);
  }
  const standins = await useStandins();
  // The lock file names the real packages: with the stand-ins it is not consulted.
  const flags = standins
    ? ["--no-lock", "--import-map", IMPORT_MAP.pathname]
    : [];
  if (standins && Deno.env.get("FORGE_JSR") === undefined) {
    console.error(
      "jsr.io is out of reach: using the stand-ins in scripts/jsr_standins/",
    );
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: [subcommand, ...flags, ...rest],
    env: {
      FORGE_JSR: standins ? "standins" : "real",
      // A program that starts itself again must be able to say the same.
      FORGE_RESTART_FLAGS: JSON.stringify(flags),
    },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // A terminal sends Ctrl-C to the whole group; waiting here lets the child end first.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  }
  Deno.exit((await child.status).code);
}

async function useStandins(): Promise<boolean> {
  const forced = Deno.env.get("FORGE_JSR");
  if (forced === "real") return false;
  if (forced === "standins") return true;
  return !(await isInDenoCache()) && !(await isReachable());
}

async function isInDenoCache(): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--cached-only", "--no-lock", PROBE.pathname],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

async function isReachable(): Promise<boolean> {
  const base = Deno.env.get("JSR_URL") ?? "https://jsr.io/";
  try {
    const response = await fetch(new URL("/@std/path/meta.json", base), {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Any failure means the same: not to be had from here.
    return false;
  }
}
