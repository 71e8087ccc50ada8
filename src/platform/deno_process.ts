/**
 * Permissions and other processes, as Deno has them.
 *
 * @module
 */

import type { Platform, Sandbox } from "./types.ts";

/**
 * Flags of this process that another one needs to run the same code, as a JSON
 * list: a process cannot read its own. Set by whoever started it with such.
 */
const RESTART_FLAGS_VARIABLE = "FORGE_RESTART_FLAGS";
/** Bytes of a helper's answer that are worth reading. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Lets a process import the code of SQLite as bytes, so that it can be made to
 * count. A variable, since a flag that Deno has no use for any more is warned of.
 */
const RAW_IMPORTS = { DENO_UNSTABLE_RAW_IMPORTS: "1" };

/** Time that a process has to clean up after Ctrl-C, in milliseconds. */
const CLEANING_UP_MS = 2_000;
/** What a shell says of a process that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** The permissions of this process. */
export const denoSandbox: Sandbox = {
  async canRestart() {
    if (Deno.build.standalone) return false;
    return await isGranted("run") && await isGranted("env");
  },

  async restart({ entry, flags, args }) {
    const inherited = Deno.env.get(RESTART_FLAGS_VARIABLE) ?? "[]";
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        ...JSON.parse(inherited) as string[],
        ...flags,
        entry,
        ...args,
      ],
      env: RAW_IMPORTS,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    // A terminal sends Ctrl-C to both: the child cleans up, this one waits for
    // it. One that computes hears of nothing, and dies of SIGTERM all the same.
    let patience: ReturnType<typeof setTimeout> | undefined;
    let isCutShort = false;
    const wait = () => {
      patience ??= setTimeout(() => {
        isCutShort = true;
        child.kill("SIGTERM");
      }, CLEANING_UP_MS);
    };
    const end = () => child.kill("SIGTERM");
    Deno.addSignalListener("SIGINT", wait);
    if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", end);
    try {
      const { code } = await child.status;
      return isCutShort ? INTERRUPTED : code;
    } finally {
      clearTimeout(patience);
      Deno.removeSignalListener("SIGINT", wait);
      if (Deno.build.os !== "windows") {
        Deno.removeSignalListener("SIGTERM", end);
      }
    }
  },

  isGranted,

  async drop(kinds) {
    for (const name of kinds) {
      await Deno.permissions.revoke({ name } as Deno.PermissionDescriptor);
    }
  },

  async dropOne(kind, value) {
    await Deno.permissions.revoke(describe(kind, value));
  },
};

/** Starts a module in a thread, or in a process with no permissions but for its paths. */
export const startDenoHost: NonNullable<Platform["startHost"]> = async (
  kind,
  options,
) => {
  const { startProcess, startWorker } = await import("./remote_host.ts");
  if (kind === "worker") return startWorker(options);
  if (Deno.build.standalone) {
    throw new Error("a compiled program cannot start itself anew");
  }
  const { paths = [] } = options;
  const unnameable = paths.find((path) => path.includes(","));
  if (unnameable !== undefined) {
    throw new Error(
      `flags of Deno cannot name "${unnameable}": it has a comma`,
    );
  }
  const flags = paths.length === 0
    ? []
    : [`--allow-read=${paths.join(",")}`, `--allow-write=${paths.join(",")}`];
  return startProcess({
    program: Deno.execPath(),
    args: ["run", "--no-prompt", "--quiet", ...restartFlags(), ...flags],
    env: await homeEnvironment(),
  }, options);
};

/** Where the modules of this program are; nothing else of the environment. */
async function homeEnvironment(): Promise<Readonly<Record<string, string>>> {
  const names = ["DENO_DIR", "HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"];
  // Windows starts no program without it.
  if (Deno.build.os === "windows") names.push("SystemRoot");
  const found = await Promise.all(names.map(async (name) => {
    const { state } = await Deno.permissions.query({
      name: "env",
      variable: name,
    });
    const value = state === "granted" ? Deno.env.get(name) : undefined;
    return value === undefined ? [] : [[name, value]];
  }));
  return Object.fromEntries(found.flat());
}

function restartFlags(): readonly string[] {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: RESTART_FLAGS_VARIABLE,
  });
  if (state !== "granted") return [];
  return JSON.parse(Deno.env.get(RESTART_FLAGS_VARIABLE) ?? "[]");
}

/** Runs `docker-credential-NAME get` with the server on standard input. */
export const runHelper: NonNullable<Platform["runHelper"]> = async (
  name,
  server,
) => {
  const child = new Deno.Command(`docker-credential-${name}`, {
    args: ["get"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A helper that ends without reading is no error of ours.
  await writer.write(new TextEncoder().encode(server)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout } = await child.output();
  return {
    code,
    stdout: new TextDecoder().decode(stdout.subarray(0, MAX_ANSWER_BYTES)),
  };
};

async function isGranted(kind: string, value?: string): Promise<boolean> {
  const { state } = await Deno.permissions.query(describe(kind, value));
  return state === "granted";
}

function describe(
  kind: string,
  value: string | undefined,
): Deno.PermissionDescriptor {
  if (value === undefined) return { name: kind } as Deno.PermissionDescriptor;
  switch (kind) {
    case "net":
      // Deno grants "*.name" and refuses to be asked for it: ask for one below.
      return { name: "net", host: value.replace(/^\*\./, "forge-asks.") };
    case "env":
      return { name: "env", variable: value };
    case "run":
      return { name: "run", command: value };
    default:
      return { name: kind, path: value } as Deno.PermissionDescriptor;
  }
}
