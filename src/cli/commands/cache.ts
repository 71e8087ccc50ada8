/**
 * `forge cache`: what is in the cache, whether it is sound, and away with it.
 *
 * @module
 */

import type { Cache, CacheEntry } from "../../cache/mod.ts";
import { ForgeError } from "../../errors.ts";
import { openProjectCache, type Project } from "../../project/mod.ts";
import {
  exportToArchive,
  type Forms,
  importFromArchive,
} from "../cache_archive.ts";
import { type Arguments, type Command, usage } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { withoutControls } from "../plain_text.ts";
import { printWarning } from "../problem.ts";
import { openSession } from "../session.ts";
import { formatAge, formatCount, formatSize, formatTable } from "../table.ts";

const ACTION_NAMES = [
  "list",
  "size",
  "verify",
  "path",
  "prune",
  "export",
  "import",
  "clear",
] as const;
type ActionName = typeof ACTION_NAMES[number];

/** The command. */
export const cache: Command = {
  name: "cache",
  operands: "ACTION [FILE]",
  arity: { min: 1, max: 2 },
  completes: [{ words: ACTION_NAMES }, { paths: "files" }],
  options: {
    config: {
      type: "string",
      short: "c",
      value: "FILE",
      summary: "The configuration that names the cache",
    },
    "dry-run": {
      type: "boolean",
      short: "n",
      summary: "Of prune and clear: say what would go, remove nothing",
    },
    as: {
      type: "string",
      value: "NAME",
      summary: "Of import: the extension that a nameless image is",
    },
    json: { type: "boolean", summary: "Print one JSON document" },
  },
  examples: [
    ["forge cache list", "Every entry with its reference and size"],
    ["forge cache size", "What they take together"],
    ["forge cache path", "The directory"],
    ["forge cache verify", "Hash every entry again"],
    ["forge cache clear", "Remove every entry"],
    ["forge cache prune", "Remove what forge.ron no longer names"],
    ["forge cache export images.tar", "All of forge.ron, as one OCI archive"],
    ["forge cache import images.tar", "On a machine without a network"],
  ],
  async run(args, io) {
    const action = ACTIONS[args.operands[0] as ActionName];
    const needsFile = NEED_FILE.has(args.operands[0] ?? "");
    if (needsFile !== (args.operands.length === 2)) {
      throw usage(
        cache,
        needsFile
          ? `"forge cache ${args.operands[0]}" needs a FILE`
          : `"forge cache ${args.operands[0]}" does not take "${
            args.operands[1]
          }"`,
      );
    }
    checkOptions(args);
    const project = await openSession(args, io);
    const opened = openProjectCache(project, { platform: io.platform });
    return await action(opened, args, io, project);
  },
};

/** Options that some actions have: what removes nothing in a trial must not remove by mistake. */
const OPTION_ACTIONS: Readonly<Record<string, readonly ActionName[]>> = {
  "dry-run": ["prune", "clear"],
  as: ["import"],
};

function checkOptions({ operands, options }: Arguments): void {
  const [action = ""] = operands;
  for (const [option, actions] of Object.entries(OPTION_ACTIONS)) {
    const isGiven = options[option] !== undefined && options[option] !== false;
    if (!isGiven || actions.some((each) => each === action)) continue;
    throw usage(cache, `"forge cache ${action}" does not take --${option}`);
  }
}

/** What takes the name of an archive. */
const NEED_FILE = new Set(["export", "import"]);

type Action = (
  cache: Cache,
  args: Arguments,
  io: Io,
  project: Project,
) => Promise<number>;

const ACTIONS: Readonly<Record<ActionName, Action>> = {
  async list(cache, args, io) {
    const entries = await cache.list();
    const rows = entries.map(({ metadata }) => [
      nameOf(metadata),
      formatSize(metadata.sizeBytes),
      formatAge(metadata.fetchedAtMs, io.platform.clock.now()),
      metadata.sha256.slice(0, 12),
    ]);
    print(args, io, {
      json: { directory: cache.directory, entries: entries.map(entryJson) },
      text: entries.length === 0
        ? `The cache ${cache.directory} is empty\n`
        : formatTable([["REFERENCE", "SIZE", "FETCHED", "SHA256"], ...rows], [
          1,
        ], io.columns),
    });
    return EXIT_OK;
  },

  async size(cache, args, io) {
    const entries = await cache.list();
    const sizeBytes = entries.reduce(
      (sum, { metadata }) => sum + metadata.sizeBytes,
      0,
    );
    print(args, io, {
      json: { directory: cache.directory, entries: entries.length, sizeBytes },
      text: `${formatSize(sizeBytes)} in ${
        formatCount(entries.length, "entry", "entries")
      }\n`,
    });
    return EXIT_OK;
  },

  async verify(cache, args, io) {
    const entries = await cache.list();
    const damaged: { key: string; reference: string; reason: string }[] = [];
    for (const { key, metadata } of entries) {
      io.signal.throwIfAborted();
      const found = await cache.get(key, { verify: true });
      if (found.kind !== "damaged") continue;
      const reference = nameOf(metadata);
      damaged.push({ key, reference, reason: found.reason });
      printWarning(
        io,
        `Checksum verification failed for ${key} (${reference}): ${found.reason}`,
        "Run forge pull to fetch it again",
      );
    }
    print(args, io, {
      json: {
        directory: cache.directory,
        entries: entries.length,
        damaged,
        ok: damaged.length === 0,
      },
      text: damaged.length === 0
        ? `${formatCount(entries.length, "entry", "entries")} verified\n`
        : `${damaged.length} of ${
          formatCount(entries.length, "entry", "entries")
        } damaged\n`,
    });
    return damaged.length === 0 ? EXIT_OK : EXIT_FAILED;
  },

  path(cache, args, io) {
    const { directory } = cache;
    print(args, io, { json: { directory }, text: `${directory}\n` });
    return Promise.resolve(EXIT_OK);
  },

  async prune(cache, args, io, { plan, location }) {
    if (location.kind === "scan") {
      throw new ForgeError(
        "CONFIG_NOT_FOUND",
        `Cannot prune ${cache.directory}: there is no configuration that names what stays`,
        { hint: "Name one with --config, or use forge cache clear" },
      );
    }
    const named = new Set(
      plan.extensions.map((each) => each.source === "oci" ? each.cacheKey : ""),
    );
    const entries = await cache.list();
    const unnamed = entries.filter(({ key }) => !named.has(key));
    const isTrial = args.options["dry-run"] === true;
    for (const { key } of isTrial ? [] : unnamed) {
      io.signal.throwIfAborted();
      await cache.remove(key);
    }
    const freedBytes = unnamed.reduce(
      (sum, { metadata }) => sum + metadata.sizeBytes,
      0,
    );
    const references = unnamed.map(({ metadata }) => nameOf(metadata));
    const done = isTrial ? "would be removed" : "removed";
    print(args, io, {
      json: {
        directory: cache.directory,
        removed: references,
        freedBytes,
        dryRun: isTrial,
      },
      text: [
        ...references.map((reference) => `${withoutControls(reference)}\n`),
        `${formatCount(unnamed.length, "entry", "entries")} ${done}, ${
          formatSize(freedBytes)
        }\n`,
      ].join(""),
    });
    return EXIT_OK;
  },

  async export(_cache, args, io, project) {
    print(args, io, await exportToArchive(project, args, io));
    return EXIT_OK;
  },

  async import(_cache, args, io, project) {
    const { ok, ...forms } = await importFromArchive(project, args, io);
    print(args, io, forms);
    return ok ? EXIT_OK : EXIT_FAILED;
  },

  async clear(cache, args, io) {
    const dryRun = args.options["dry-run"] === true;
    const removed = dryRun ? (await cache.list()).length : await cache.clear();
    const count = formatCount(removed, "entry", "entries");
    const { directory } = cache;
    print(args, io, {
      json: { directory, removed, dryRun },
      text: dryRun
        ? `${count} would be removed from ${directory}\n`
        : `${count} removed from ${directory}\n`,
    });
    return EXIT_OK;
  },
};

function print(args: Arguments, io: Io, forms: Forms): void {
  io.out(
    args.options["json"] === true
      ? JSON.stringify({ ok: true, ...forms.json }, null, 2) + "\n"
      : forms.text,
  );
}

function entryJson({ key, path, metadata }: CacheEntry) {
  const { fetchedAtMs, ...rest } = metadata;
  return {
    key,
    path,
    ...rest,
    fetchedAt: new Date(fetchedAtMs).toISOString(),
  };
}

function nameOf(metadata: CacheEntry["metadata"]): string {
  const { registry, image, reference } = metadata;
  const joint = reference.includes(":") ? "@" : ":";
  return `${registry}/${image}${joint}${reference}`;
}
