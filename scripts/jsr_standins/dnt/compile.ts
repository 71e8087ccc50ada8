/**
 * From TypeScript to JavaScript and declarations.
 *
 * @module
 */

import { join } from "@std/path";
import ts from "typescript";
import type { BuildOptions } from "../dnt.ts";

/** Compiles `OUT/src` to `OUT/esm`, declarations beside the code. */
export function compile(
  outDir: string,
  paths: readonly string[],
  options: BuildOptions,
): void {
  const program = ts.createProgram(
    paths.map((path) => join(outDir, "src", path)),
    compilerOptions(outDir, options),
  );
  if (options.typeCheck !== false) {
    report(
      ts.getPreEmitDiagnostics(program).filter((diagnostic) =>
        diagnostic.file?.fileName.includes("/node_modules/") !== true &&
        options.filterDiagnostic?.(diagnostic) !== false
      ),
      outDir,
    );
  }
  report(program.emit().diagnostics, outDir);
}

function compilerOptions(
  outDir: string,
  options: BuildOptions,
): ts.CompilerOptions {
  const { target = "ES2021", lib, ...rest } = options.compilerOptions ?? {};
  const { options: converted, errors } = ts.convertCompilerOptionsFromJson({
    strict: true,
    useUnknownInCatchVariables: false,
    ...rest,
    target: target === "Latest" ? "ESNext" : target,
    lib: lib ?? [target === "Latest" ? "ESNext" : target],
    module: "ESNext",
    moduleResolution: "Bundler",
    isolatedModules: true,
    skipLibCheck: true,
    declaration: options.declaration !== false,
    rootDir: join(outDir, "src"),
    outDir: join(outDir, "esm"),
    typeRoots: [join(outDir, "node_modules", "@types")],
    types: ["*"],
  }, outDir);
  report(errors, outDir);
  return converted;
}

function report(diagnostics: readonly ts.Diagnostic[], outDir: string): void {
  if (diagnostics.length === 0) return;
  const text = ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => outDir,
    getNewLine: () => "\n",
  });
  throw new Error(`Cannot compile the package for Node:\n${text}`);
}
