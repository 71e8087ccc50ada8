/**
 * Functions on both sides of a component, as the bindings of jco have them.
 *
 * @module
 */

import type { Guard } from "../guard.ts";
import type { ComponentImports } from "./system.ts";

/** A function with values of the component's types. */
export type ComponentFunction = (...args: readonly unknown[]) => unknown;

/** Every function of the host ends what the guest does, when that is over. */
export function watched(
  guard: Guard,
  imports: ComponentImports,
): ComponentImports {
  const watch = (value: unknown) =>
    typeof value === "function" && !isClass(value as ComponentFunction)
      ? letRefuse(guard, value as ComponentFunction)
      : value;
  return Object.fromEntries(
    Object.entries(imports).map(([name, members]) => [
      name,
      Object.fromEntries(
        Object.entries(members).map(([key, value]) => [key, watch(value)]),
      ),
    ]),
  );
}

/** An error for the guest is a result and no failure of the host. */
function letRefuse(guard: Guard, target: ComponentFunction): ComponentFunction {
  const guarded = guard.watch((...args: unknown[]) => {
    try {
      return { value: target(...args) };
    } catch (error) {
      if (isRefusal(error)) return { error };
      throw error;
    }
  });
  return (...args) => {
    const outcome = guarded(...args as never[]) as ReturnType<typeof guarded>;
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  };
}

/** Whether what was thrown is an error that the other side may handle. */
export function isRefusal(error: unknown): boolean {
  return Object.hasOwn(Object(error), "payload");
}

function isClass(value: ComponentFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

/** Functions by the names that a component is called by; an interface by its full name only. */
export function functionsOf(
  exports: Readonly<Record<string, unknown>>,
): Map<string, ComponentFunction> {
  const functions = new Map<string, ComponentFunction>();
  const full = new Set(
    Object.entries(exports).filter(([name]) => name.includes(":")).map((
      [, members],
    ) => members),
  );
  for (const [name, exported] of Object.entries(exports)) {
    if (typeof exported === "function") {
      functions.set(name, exported as ComponentFunction);
    } else if (name.includes(":") || !full.has(exported)) {
      for (const [key, value] of Object.entries(Object(exported))) {
        if (typeof value !== "function") continue;
        const member = value as ComponentFunction;
        if (!isClass(member)) functions.set(`${name}#${key}`, member);
      }
    }
  }
  return functions;
}
