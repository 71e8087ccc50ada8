/**
 * Requirements as Deno takes them.
 *
 * @module
 */

import type { PermissionKind, Requirement } from "./requirements.ts";

const KINDS: readonly PermissionKind[] = ["net", "read", "write", "env", "run"];

/**
 * Flags of `deno run`, one for each kind that is needed.
 *
 * @example
 * ```ts
 * import { denoFlags } from "@forgepoint/forge";
 *
 * denoFlags([
 *   { kind: "net", value: "ghcr.io", reason: "the registry of notes" },
 *   { kind: "env", value: "FORGE_TOKEN", reason: "its credentials" },
 * ]); // ["--allow-net=ghcr.io", "--allow-env=FORGE_TOKEN"]
 * ```
 */
export function denoFlags(
  requirements: readonly Requirement[],
): readonly string[] {
  return KINDS.flatMap((kind) => {
    const values = valuesOf(requirements, kind);
    // A comma separates values; doubled, it stands for itself.
    const list = values.map((value) => value.replaceAll(",", ",,")).join(",");
    return values.length === 0 ? [] : [`--allow-${kind}=${list}`];
  });
}

/**
 * Flags for a shell: quoted where they must be.
 *
 * @example
 * ```ts
 * import { denoFlagsText } from "@forgepoint/forge";
 *
 * denoFlagsText([
 *   { kind: "read", value: "/my files", reason: "the configuration" },
 * ]); // "'--allow-read=/my files'"
 * ```
 */
export function denoFlagsText(requirements: readonly Requirement[]): string {
  return denoFlags(requirements).map((flag) =>
    /^[\w./:=,@%+-]+$/.test(flag) ? flag : `'${flag.replaceAll("'", `'\\''`)}'`
  ).join(" ");
}

/**
 * A permission set for `deno.json`, used with `deno run -P=forge`.
 *
 * @example
 * ```ts
 * import { denoPermissionSet } from "@forgepoint/forge";
 *
 * denoPermissionSet([
 *   { kind: "net", value: "ghcr.io", reason: "the registry of notes" },
 * ]); // { permissions: { forge: { net: ["ghcr.io"] } } }
 * ```
 */
export function denoPermissionSet(
  requirements: readonly Requirement[],
): {
  readonly permissions: {
    readonly forge: Readonly<Record<string, readonly string[]>>;
  };
} {
  const forge = Object.fromEntries(
    KINDS.map((kind) => [kind, valuesOf(requirements, kind)] as const)
      .filter(([, values]) => values.length > 0),
  );
  return { permissions: { forge } };
}

function valuesOf(
  requirements: readonly Requirement[],
  kind: PermissionKind,
): readonly string[] {
  const values = requirements.filter((each) => each.kind === kind)
    .map(({ value }) => value);
  return [...new Set(values)];
}
