/**
 * `forge cache export` and `import`: the cache as one file.
 *
 * @module
 */

import { resolve } from "../path.ts";
import { exportProject, importArchive, type Project } from "../project/mod.ts";
import { type Arguments, textOption } from "./command.ts";
import type { Io } from "./io.ts";
import { printError } from "./problem.ts";
import { loudnessOf, narrate } from "./narration.ts";
import { formatCount, formatSize } from "./table.ts";

/** What there is to tell, for programs and for people. */
export interface Forms {
  /** For programs. */
  readonly json: Readonly<Record<string, unknown>>;
  /** For people. */
  readonly text: string;
}

/** Writes the archive that the second operand names. */
export async function exportToArchive(
  project: Project,
  args: Arguments,
  io: Io,
): Promise<Forms> {
  const path = pathOf(args, io);
  const extensions = await exportProject(project, {
    platform: io.platform,
    path,
    signal: io.signal,
    onEvent: (event) => {
      const isTransfer = event.type === "progress" || event.type === "blob" ||
        event.type === "manifest";
      if (!isTransfer) {
        narrate(
          event,
          io,
          loudnessOf(args, args.options["json"] === true ? "quiet" : "usual"),
        );
      }
    },
  });
  const sizeBytes = (await io.platform.files.stat(path))?.size ?? 0;
  const count = formatCount(extensions.length, "extension", "extensions");
  return {
    json: { path, sizeBytes, extensions },
    text: `${count} in ${path}, ${formatSize(sizeBytes)}\n`,
  };
}

/** Reads the archive that the second operand names. */
export async function importFromArchive(
  project: Project,
  args: Arguments,
  io: Io,
): Promise<Forms & { readonly ok: boolean }> {
  const path = pathOf(args, io);
  const outcomes = await importArchive(project, {
    platform: io.platform,
    path,
    as: textOption(args, "as"),
    signal: io.signal,
    onEvent: (event) => {
      if (event.type === "warning") narrate(event, io, "quiet");
    },
  });
  const failed = outcomes.flatMap((outcome) =>
    outcome.status === "failed" ? [outcome] : []
  );
  for (const { error } of failed) printError(io, error);
  const imported = outcomes.filter(({ status }) => status === "pulled");
  const ok = failed.length === 0 && outcomes.length > 0;
  const directory = project.plan.cacheDir;
  const count = formatCount(imported.length, "entry", "entries");
  return {
    ok,
    json: {
      directory,
      imported: imported.map(({ name, registry, image, reference }) => ({
        ...{ name, registry, image, reference },
      })),
      failed: failed.map(({ name, error: { code, message, hint } }) => ({
        name,
        error: { code, message, hint },
      })),
      ok,
    },
    text: outcomes.length === 0
      ? `${path} names no image with its registry, and has none of a digest that is pinned or locked: nothing imported\n` +
        "Say which extension it is: forge cache import FILE --as NAME\n"
      : `${count} imported into ${directory}\n`,
  };
}

function pathOf(args: Arguments, io: Io): string {
  return resolve(io.platform.cwd(), args.operands[1] ?? "");
}
