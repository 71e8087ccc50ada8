/**
 * `forge watch`: extensions that are reloaded when they change.
 *
 * @module
 */

import {
  extensionOptions,
  projectRequirements,
  type WatchEvent,
  watchProject,
} from "../../project/mod.ts";
import { type Arguments, type Command, textOption, usage } from "../command.ts";
import { EXIT_OK, type Io } from "../io.ts";
import { shortText } from "../plain_text.ts";
import { printError, printWarning } from "../problem.ts";
import { loudnessOf, narrate, printLog } from "../narration.ts";
import { openSession, PROJECT_OPTIONS } from "../session.ts";
import { formatSize, shortDigest } from "../table.ts";

const { json: _json, ...OPTIONS } = PROJECT_OPTIONS;

/** Seconds between two looks at the tags, and as often as anybody may ask. */
const DEFAULT_SECONDS = 30;
const MIN_SECONDS = 1;
/** Characters of what an extension says of itself. */
const MAX_INFO_LENGTH = 60;

/** The command. */
export const watch: Command = {
  name: "watch",
  operands: "",
  withoutJson: "It runs until it is interrupted, and has no result.",
  arity: { min: 0, max: 0 },
  options: {
    interval: {
      type: "string",
      value: "SECONDS",
      summary: `Time between two looks at tags (${DEFAULT_SECONDS})`,
    },
    ...OPTIONS,
  },
  examples: [
    ["forge watch", "Reload what is built or pushed anew, until Ctrl-C"],
    ["forge watch --interval 5", "Look at tags every 5 seconds"],
  ],
  sandboxed: true,
  // Whatever the cache has: tags are asked for as long as this runs.
  requirements: (project, { platform }) =>
    projectRequirements(project, { platform }),
  async run(args, io) {
    const seconds = readInterval(args);
    const project = await openSession(args, io);
    const loudness = loudnessOf(args);
    await watchProject(project, {
      platform: io.platform,
      signal: io.signal,
      tagIntervalMs: seconds * 1000,
      optionsFor: ({ name }) => ({
        ...extensionOptions(project, name, io),
        whileBusy: io.whileBusy,
        onLog: (line) => printLog(io, line),
      }),
      onEvent: (event) => tell(event, io, loudness === "quiet"),
      onInstallEvent: (event) => narrate(event, io, loudness),
    });
    return EXIT_OK;
  },
};

function readInterval(args: Arguments): number {
  const text = textOption(args, "interval") ?? String(DEFAULT_SECONDS);
  const seconds = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds >= MIN_SECONDS) return seconds;
  throw usage(
    watch,
    `Cannot use "${text}" as the interval: expected seconds, ${MIN_SECONDS} at least`,
  );
}

function tell(event: WatchEvent, io: Io, quiet: boolean): void {
  switch (event.type) {
    case "failed":
      return printError(io, event.error, event.name);
    case "unreachable":
      return printWarning(io, `${event.name}: ${event.error.message}`);
    case "missing":
      return printWarning(
        io,
        `${event.name}: ${event.path} is gone`,
        "What ran before goes on; it is loaded anew when the file is back",
      );
    case "watching": {
      const { names } = event;
      const what = names.length === 0
        ? "Nothing can change: all is pinned, locked or offline"
        : `Watching ${names.join(", ")}`;
      return quiet ? undefined : io.err(`${what}\n`);
    }
    default:
      return quiet ? undefined : io.err(`${changeText(event)}\n`);
  }
}

function changeText(
  { type, outcome, extension }: WatchEvent & {
    readonly type: "loaded" | "reloaded";
  },
): string {
  const { name, sha256, sizeBytes } = outcome;
  const { info } = extension;
  const itself = info === undefined
    ? ""
    : `, ${shortText(`${info.name} ${info.version}`, MAX_INFO_LENGTH)}`;
  const digest = shortDigest(`sha256:${sha256}`);
  return `${type} ${name}${itself} (${digest}, ${formatSize(sizeBytes)})`;
}
