/**
 * The table of commands. A command is one file in `commands/` and one line
 * here; its file is loaded when it is called, so that nothing else is.
 *
 * @module
 */

import type { Command } from "./command.ts";

/** A line of the table. */
export interface CommandEntry {
  /** The word that calls it. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Loads it. The specifier is literal: Deno reads it before it drops permissions. */
  readonly load: () => Promise<Command>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "init",
    summary: "Write a forge.ron to begin with, or add extensions to it",
    load: async () => (await import("./commands/init.ts")).init,
  },
  {
    name: "run",
    summary: "Pull, verify and load every extension of forge.ron",
    load: async () => (await import("./commands/run.ts")).run,
  },
  {
    name: "pull",
    summary: "Pull and verify every extension of forge.ron, load none",
    load: async () => (await import("./commands/pull.ts")).pull,
  },
  {
    name: "call",
    summary: "Call a function of an extension, or resolve one of its fields",
    load: async () => (await import("./commands/call.ts")).call,
  },
  {
    name: "watch",
    summary: "Run every extension, and reload what is built or pushed anew",
    load: async () => (await import("./commands/watch.ts")).watch,
  },
  {
    name: "inspect",
    summary: "Say what a module is, wants and offers, without running it",
    load: async () => (await import("./commands/inspect.ts")).inspect,
  },
  {
    name: "schema",
    summary: "Print the GraphQL schema of one extension, or of all",
    load: async () => (await import("./commands/schema.ts")).schema,
  },
  {
    name: "lock",
    summary: "Write forge.lock: what every extension is, byte for byte",
    load: async () => (await import("./commands/lock.ts")).lock,
  },
  {
    name: "pin",
    summary: "Replace tags in forge.ron by digests, tags kept as comments",
    load: async () => (await import("./commands/pin.ts")).pin,
  },
  {
    name: "outdated",
    summary: "Show tags that moved, and newer versions",
    load: async () => (await import("./commands/outdated.ts")).outdated,
  },
  {
    name: "update",
    summary: "Move extensions to what their tags name now",
    load: async () => (await import("./commands/update.ts")).update,
  },
  {
    name: "digest",
    summary: "Print the digest of an image, to pin it in forge.ron",
    load: async () => (await import("./commands/digest.ts")).digest,
  },
  {
    name: "tags",
    summary: "List the tags of an image",
    load: async () => (await import("./commands/tags.ts")).tags,
  },
  {
    name: "referrers",
    summary: "List what refers to an image: signatures, SBOMs, attestations",
    load: async () => (await import("./commands/referrers.ts")).referrers,
  },
  {
    name: "publish",
    summary: "Publish a WASM file as an image in a registry",
    load: async () => (await import("./commands/publish.ts")).publish,
  },
  {
    name: "copy",
    summary: "Copy an image to another repository or registry",
    load: async () => (await import("./commands/copy.ts")).copy,
  },
  {
    name: "keygen",
    summary: "Make a key to sign extensions with",
    load: async () => (await import("./commands/keygen.ts")).keygen,
  },
  {
    name: "sign",
    summary: "Sign an image in a registry",
    load: async () => (await import("./commands/sign.ts")).sign,
  },
  {
    name: "verify",
    summary: "Verify signatures, of an image or of what the cache has",
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  {
    name: "cache",
    summary: "List, verify, prune, export or import the cache",
    load: async () => (await import("./commands/cache.ts")).cache,
  },
  {
    name: "check",
    summary: "Say what is wrong with forge.ron, or unwise",
    load: async () => (await import("./commands/check.ts")).check,
  },
  {
    name: "doctor",
    summary: "Say what is wrong around forge.ron, and what to do about it",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    name: "fmt",
    summary: "Format forge.ron, or another RON file",
    load: async () => (await import("./commands/fmt.ts")).fmt,
  },
  {
    name: "permissions",
    summary: "Print the permissions that a run needs, and nothing wider",
    load: async () => (await import("./commands/permissions.ts")).permissions,
  },
  {
    name: "completions",
    summary: "Print a script with which a shell completes command lines",
    load: async () => (await import("./commands/completions.ts")).completions,
  },
];

/** Command lines for the overview: one of each kind of user. */
export const FIRST_STEPS: Command["examples"] = [
  ["forge run", "Find the configuration and run it"],
  ["forge pull", "Fill the cache, for instance before going offline"],
  ["forge check", "Before a commit: what is wrong with forge.ron"],
  ["forge permissions", "For deno run $(forge permissions) main.ts"],
];
