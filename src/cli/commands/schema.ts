/**
 * `forge schema`: the parts of the GraphQL schema that extensions serve.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import type { Outcome } from "../../install/mod.ts";
import {
  extensionOptions,
  loadExtensions,
  type LoadOutcome,
} from "../../project/mod.ts";
import type { Command } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { onlyExtension } from "../only_extension.ts";
import { withoutControls } from "../plain_text.ts";
import { printError } from "../problem.ts";
import { dropForForeignCode } from "../sandbox.ts";
import { printLog } from "../narration.ts";
import { installSession, openSession, PROJECT_OPTIONS } from "../session.ts";

/** One extension and what it serves. */
interface Served {
  readonly name: string;
  /** SDL; absent when it is not of the Forge world, or could not be asked. */
  readonly schema?: string | undefined;
  readonly error?: ForgeError | undefined;
}

/** The command. */
export const schema: Command = {
  name: "schema",
  operands: "[NAME]",
  arity: { min: 0, max: 1 },
  completes: [{ extensions: true }],
  options: PROJECT_OPTIONS,
  emptyJson: { schemas: [] },
  examples: [
    ["forge schema notes", "What one extension serves, in SDL"],
    ["forge schema", "What all of them serve, each under its name"],
  ],
  sandboxed: true,
  async run(args, io, mode) {
    const [name] = args.operands;
    const session = await openSession(args, io);
    const project = name === undefined ? session : onlyExtension(session, name);
    const outcomes = await installSession(project, args, io);
    await dropForForeignCode(mode, io, project);
    await using extensions = await loadExtensions(outcomes, {
      platform: io.platform,
      optionsFor: ({ name }) => ({
        ...extensionOptions(project, name, io),
        whileBusy: io.whileBusy,
        onLog: (line) => printLog(io, line),
      }),
      signal: io.signal,
    });
    const isOne = name !== undefined;
    const served = extensions.outcomes.map((each) => servedBy(each, isOne, io));
    const ok = served.every(({ error }) => error === undefined);
    if (isOne && ok) requireSchema(served[0]);
    io.out(
      args.options["json"] === true
        ? schemasJson(served, ok)
        : schemasText(served, isOne),
    );
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};

function servedBy(result: LoadOutcome, isOne: boolean, io: Io): Served {
  const { name } = result.outcome;
  switch (result.status) {
    case "missing":
      // What happened has been told on standard error.
      return { name, error: errorOf(result.outcome, isOne) };
    case "failed":
      printError(io, result.error);
      return { name, error: result.error };
    case "loaded":
      return { name, schema: result.extension.schema };
  }
}

/** Who is skipped offline is missed only where nobody else was asked for. */
function errorOf(outcome: Outcome, isOne: boolean): ForgeError | undefined {
  if (!("error" in outcome)) return undefined;
  return isOne || outcome.status === "failed" ? outcome.error : undefined;
}

function requireSchema(served: Served | undefined): void {
  if (served === undefined || served.schema !== undefined) return;
  throw new ForgeError(
    "EXPORT_NOT_FOUND",
    `Cannot show a schema of ${served.name}: it is not of the world forge:extension`,
    { hint: `See what it is: forge inspect ${served.name}` },
  );
}

function schemasText(served: readonly Served[], isOne: boolean): string {
  return served.flatMap(({ name, schema }) => {
    if (schema === undefined) return [];
    const text = withoutControls(schema).trimEnd();
    return [isOne ? `${text}\n` : `# ${name}\n\n${text}\n`];
  }).join("\n");
}

function schemasJson(served: readonly Served[], ok: boolean): string {
  const schemas = served.map(({ name, schema, error }) => ({
    name,
    schema,
    error: error && {
      code: error.code,
      message: error.message,
      hint: error.hint,
    },
  }));
  return JSON.stringify({ schemas, ok }, null, 2) + "\n";
}
