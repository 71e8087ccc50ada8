/**
 * `forge call`: one exported function of one extension.
 *
 * @module
 */

import { type Outcome, readModule } from "../../install/mod.ts";
import { extensionOptions } from "../../project/mod.ts";
import {
  type CallResult,
  type Extension,
  loadExtension,
  type WasmNumber,
} from "../../runtime/mod.ts";
import {
  inspect,
  unwrapComponent,
  type WasmFunctionType,
} from "../../wasm/mod.ts";
import { type Arguments, type Command, usage } from "../command.ts";
import { callField, FIELD_EXPORT, FIELD_OPTIONS } from "../field_call.ts";
import { readFieldCall } from "../field_request.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { onlyExtension } from "../only_extension.ts";
import { problemJson } from "../problem.ts";
import { dropForForeignCode } from "../sandbox.ts";
import { printLog } from "../narration.ts";
import { installSession, openSession, PROJECT_OPTIONS } from "../session.ts";
import { parseWasmNumbers } from "../wasm_numbers.ts";

/** The command. */
export const call: Command = {
  name: "call",
  operands: "NAME EXPORT [ARGS...]",
  arity: { min: 2, max: Infinity },
  completes: [{ extensions: true }, {}],
  options: { ...FIELD_OPTIONS, ...PROJECT_OPTIONS },
  examples: [
    ["forge call greeter add 2 40", "Prints 42"],
    ["forge call greeter add -- -2 44", "Numbers below zero after --"],
    ["forge call tool _start", "Runs a command module, exits as it does"],
    [
      `forge call notes resolve-field Query.note '{"id": 1}'`,
      "Resolves a field, prints its value as JSON",
    ],
    [
      "forge call notes resolve-field Mutation.import - < notes.json",
      "With JSON from standard input",
    ],
  ],
  sandboxed: true,
  async run(args, io, mode) {
    const [name = "", exported = "", ...given] = args.operands;
    // What is wrong with a request is said before anything is pulled.
    const request = exported === FIELD_EXPORT
      ? await readFieldCall(call, args, given, io)
      : undefined;
    const project = onlyExtension(await openSession(args, io), name);
    const [outcome] = await installSession(project, args, io);
    if (outcome === undefined) return EXIT_FAILED;
    if (!("path" in outcome)) {
      // What happened has been told on standard error.
      if (args.options["json"] === true) io.out(problemJson(outcome.error, {}));
      return EXIT_FAILED;
    }
    await dropForForeignCode(mode, io, project);
    const bytes = await readModule(outcome, { files: io.platform.files });
    await using extension = await loadExtension({ name, bytes }, {
      ...extensionOptions(project, name, io),
      whileBusy: io.whileBusy,
      onLog: (line) => printLog(io, line),
      signal: io.signal,
    });
    if (request !== undefined) {
      return await callField(extension, request, args, io);
    }
    if (exported === "_start") return await start(extension, given, args, io);
    const type = signatureOf(bytes, exported);
    const values = type === undefined
      ? []
      : parseWasmNumbers(`${exported} of ${name}`, type.params, given);
    const result = await extension.call(exported, ...values);
    io.out(
      args.options["json"] === true
        ? resultJson(outcome, exported, result)
        : resultText(result),
    );
    return EXIT_OK;
  },
};

/** Runs the program of a command module; its exit status is ours. */
async function start(
  extension: Extension,
  given: readonly string[],
  args: Arguments,
  io: Io,
): Promise<number> {
  if (given.length > 0) {
    throw usage(
      call,
      `Cannot pass "${
        given[0]
      }" to _start of ${extension.name}: programs get no arguments`,
    );
  }
  const exitStatus = await extension.run();
  if (args.options["json"] === true) {
    const { name } = extension;
    const ok = exitStatus === EXIT_OK;
    const document = { ok, name, export: "_start", results: [], exitStatus };
    io.out(JSON.stringify(document, null, 2) + "\n");
  }
  return exitStatus;
}

function signatureOf(
  bytes: Uint8Array<ArrayBuffer>,
  exported: string,
): WasmFunctionType | undefined {
  const info = inspect(bytes);
  const core = info.kind === "core" ? info : inspect(unwrapComponent(bytes));
  return core.exports.find(({ name, kind }) =>
    name === exported && kind === "function"
  )?.type;
}

function resultText(result: CallResult): string {
  if (result === undefined) return "";
  return (Array.isArray(result) ? result : [result]).join(" ") + "\n";
}

function resultJson(outcome: Outcome, exported: string, result: CallResult) {
  const list: readonly WasmNumber[] = result === undefined
    ? []
    : Array.isArray(result)
    ? result
    : [result as WasmNumber];
  // JSON has no 64-bit integers: they are strings, exact.
  const results = list.map((value) =>
    typeof value === "bigint" || !Number.isFinite(value) ? `${value}` : value
  );
  const { name } = outcome;
  const document = { ok: true, name, export: exported, results };
  return JSON.stringify(document, null, 2) + "\n";
}
