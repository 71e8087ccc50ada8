/**
 * `forge cache`: what is in the cache, whether it is sound, and away with it.
 *
 * @module
 */

import type { Cache, CacheEntry } from "../../cache/mod.ts";
import { openProjectCache } from "../../project/mod.ts";
import { type Arguments, type Command, usage } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { printWarning } from "../problem.ts";
import { openSession } from "../session.ts";
import { formatSize, formatTable } from "../table.ts";

/** The command. */
export const cache: Command = {
  name: "cache",
  operands: "list|size|verify|clear",
  arity: { min: 1, max: 1 },
  options: {
    config: {
      type: "string",
      short: "c",
      value: "FILE",
      summary: "The configuration that names the cache",
    },
    json: { type: "boolean", summary: "Print one JSON document" },
  },
  examples: [
    ["forge cache list", "Every entry with its reference and size"],
    ["forge cache verify", "Hash every entry again"],
    ["forge cache clear", "Remove every entry"],
  ],
  async run(args, io) {
    const action = ACTIONS[args.operands[0] ?? ""];
    if (action === undefined) {
      throw usage(
        cache,
        `"forge cache" does not know "${args.operands[0]}", it knows ${
          Object.keys(ACTIONS).join(", ")
        }`,
      );
    }
    const project = await openSession(args, io);
    return await action(openProjectCache(project, io.platform), args, io);
  },
};

type Action = (cache: Cache, args: Arguments, io: Io) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = {
  async list(cache, args, io) {
    const entries = await cache.list();
    const rows = entries.map(({ metadata }) => [
      nameOf(metadata),
      formatSize(metadata.sizeBytes),
      new Date(metadata.fetchedAtMs).toISOString().slice(0, 19) + "Z",
      metadata.sha256.slice(0, 12),
    ]);
    print(args, io, {
      json: { directory: cache.directory, entries: entries.map(entryJson) },
      text: entries.length === 0
        ? `The cache ${cache.directory} is empty\n`
        : formatTable([["REFERENCE", "SIZE", "FETCHED", "SHA256"], ...rows], [
          1,
        ]),
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
      text: `${formatSize(sizeBytes)} in ${count(entries.length)}\n`,
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
        ? `${count(entries.length)} verified\n`
        : `${damaged.length} of ${count(entries.length)} damaged\n`,
    });
    return damaged.length === 0 ? EXIT_OK : EXIT_FAILED;
  },

  async clear(cache, args, io) {
    const removed = await cache.clear();
    print(args, io, {
      json: { directory: cache.directory, removed },
      text: `${count(removed)} removed from ${cache.directory}\n`,
    });
    return EXIT_OK;
  },
};

function print(
  args: Arguments,
  io: Io,
  forms: { readonly json: unknown; readonly text: string },
): void {
  io.out(
    args.options["json"] === true
      ? JSON.stringify(forms.json, null, 2) + "\n"
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

function count(entries: number): string {
  return entries === 1 ? "1 entry" : `${entries} entries`;
}
