/**
 * `forge fmt`: lays `forge.ron` out anew; comments and values stay.
 *
 * @module
 */

import { relative, resolve } from "../../path.ts";
import { ConfigError, findConfig, readConfigText } from "../../config/mod.ts";
import { changeText, writingFile } from "../../lock/mod.ts";
import { formatRon, RonSyntaxError } from "../../ron/mod.ts";
import { type Arguments, type Command, usage } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";

/** The command. */
export const fmt: Command = {
  name: "fmt",
  operands: "[FILE]",
  arity: { min: 0, max: 1 },
  completes: [{ paths: "files" }],
  options: {
    check: {
      type: "boolean",
      summary: "Change nothing; fail if it is not formatted",
    },
    json: { type: "boolean", summary: "Print one JSON document" },
  },
  examples: [
    ["forge fmt", "Find the configuration and format it"],
    ["forge fmt --check", "For continuous integration"],
  ],
  async run(args, io) {
    const path = await pathOf(args, io);
    const file = relative(io.platform.cwd(), path);
    const { files } = io.platform;
    const text = await readConfigText({ path }, files);
    const formatted = format(text, file);
    const was = formatted === text;
    const isCheck = args.options["check"] === true;
    if (!was && !isCheck) {
      const { clock } = io.platform;
      const { signal } = io;
      const change = (text = "") => format(text, file);
      const read = () => readConfigText({ path }, files);
      await writingFile(
        path,
        () => changeText(path, change, { files, clock, signal, read }),
      );
    }
    const ok = was || !isCheck;
    if (args.options["json"] === true) {
      const document = { ok, path, formatted: was, changed: !was && !isCheck };
      io.out(JSON.stringify(document, null, 2) + "\n");
    } else if (was) io.err(`${file} is formatted\n`);
    else if (isCheck) {
      io.err(`${file} is not formatted\n  hint: Run forge fmt ${file}\n`);
    } else io.err(`Formatted ${file}\n`);
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};

async function pathOf(args: Arguments, io: Io): Promise<string> {
  const [named] = args.operands;
  if (named !== undefined) return resolve(io.platform.cwd(), named);
  const location = await findConfig(io.platform);
  if (location.kind === "file") return location.path;
  throw usage(fmt, "Cannot find a forge.ron to format");
}

function format(text: string, fileName: string): string {
  try {
    return formatRon(text);
  } catch (cause) {
    if (!(cause instanceof RonSyntaxError)) throw cause;
    const { diagnostics } = cause;
    throw new ConfigError("CONFIG_SYNTAX", "Cannot format", {
      text,
      fileName,
      diagnostics,
      cause,
    });
  }
}
