/**
 * Where a module names other modules.
 *
 * @module
 */

import ts from "typescript";

/** A specifier and its place in the text, quotes included. */
export interface LocatedSpecifier {
  /** The text between the quotes. */
  readonly specifier: string;
  /** Index of the opening quote. */
  readonly start: number;
  /** Index after the closing quote. */
  readonly end: number;
}

/** Finds the specifiers of imports, re-exports, `import()` and `import("...")` types, in order. */
export function locateSpecifiers(
  fileName: string,
  text: string,
): readonly LocatedSpecifier[] {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest);
  const found: LocatedSpecifier[] = [];
  visit(source);
  return found.sort((a, b) => a.start - b.start);

  function visit(node: ts.Node): void {
    const literal = specifierOf(node);
    if (literal !== undefined) {
      const start = literal.getStart(source);
      found.push({ specifier: literal.text, start, end: literal.end });
    }
    ts.forEachChild(node, visit);
  }
}

function specifierOf(node: ts.Node): ts.StringLiteral | undefined {
  let named: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    named = node.moduleSpecifier;
  } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    named = node.argument.literal;
  } else if (
    ts.isCallExpression(node) &&
    node.expression.kind === ts.SyntaxKind.ImportKeyword
  ) {
    named = node.arguments[0];
  }
  return named !== undefined && ts.isStringLiteral(named) ? named : undefined;
}
