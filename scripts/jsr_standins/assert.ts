/** Stands in for `@std/assert`: the same names over `node:assert`. */
import nodeAssert, { AssertionError } from "node:assert";

export { AssertionError };

export function assert(
  value: unknown,
  message = "Expected a truthy value",
): asserts value {
  if (!value) fail(message);
}

export function assertFalse(
  value: unknown,
  message = "Expected a falsy value",
): void {
  if (value) fail(message);
}

export function assertEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  nodeAssert.deepStrictEqual(actual, expected, message);
}

export function assertNotEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  nodeAssert.notDeepStrictEqual(actual, expected, message);
}

export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  nodeAssert.strictEqual(actual, expected, message);
}

export function assertExists<T>(
  actual: T,
  message = "Expected a value",
): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) fail(message);
}

export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void {
  if (!actual.includes(expected)) {
    fail(
      message ??
        `Expected actual: ${JSON.stringify(actual)} to contain: "${expected}"`,
    );
  }
}

export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  if (!expected.test(actual)) {
    fail(
      message ??
        `Expected actual: ${JSON.stringify(actual)} to match: ${expected}`,
    );
  }
}

export function assertNotMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  if (expected.test(actual)) {
    fail(
      message ??
        `Expected actual: ${JSON.stringify(actual)} to not match: ${expected}`,
    );
  }
}

export function assertGreater<T>(actual: T, low: T, message?: string): void {
  if (!(actual > low)) fail(message ?? `Expected ${actual} > ${low}`);
}

export function assertLess<T>(actual: T, high: T, message?: string): void {
  if (!(actual < high)) fail(message ?? `Expected ${actual} < ${high}`);
}

export function assertGreaterOrEqual<T>(
  actual: T,
  low: T,
  message?: string,
): void {
  if (!(actual >= low)) fail(message ?? `Expected ${actual} >= ${low}`);
}

export function assertLessOrEqual<T>(
  actual: T,
  high: T,
  message?: string,
): void {
  if (!(actual <= high)) fail(message ?? `Expected ${actual} <= ${high}`);
}

// deno-lint-ignore no-explicit-any -- the signature of @std/assert
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

export function assertInstanceOf<T>(
  actual: unknown,
  // deno-lint-ignore no-explicit-any -- the signature of @std/assert
  expected: abstract new (...args: any[]) => T,
  message?: string,
): asserts actual is T {
  if (!(actual instanceof expected)) {
    fail(
      message ??
        `Expected an instance of ${expected.name}, got ${describe(actual)}`,
    );
  }
}

export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
  msg?: string,
): E {
  try {
    fn();
  } catch (error) {
    return checkError(error, errorClass, messageIncludes);
  }
  fail(`Expected function to throw${msg === undefined ? "" : `: ${msg}`}`);
}

export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return checkError(error, errorClass, messageIncludes);
  }
  fail("Expected function to reject");
}

export function fail(message = "Failed assertion"): never {
  throw new AssertionError({ message });
}

function checkError<E extends Error>(
  error: unknown,
  errorClass: ErrorClass<E> | undefined,
  messageIncludes: string | undefined,
): E {
  assertInstanceOf(error, errorClass ?? Error as unknown as ErrorClass<E>);
  if (messageIncludes !== undefined) {
    assertStringIncludes((error as Error).message, messageIncludes);
  }
  return error;
}

function describe(value: unknown): string {
  return value instanceof Error
    ? `${value.name}: ${value.message}`
    : String(value);
}
