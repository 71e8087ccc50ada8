/**
 * What Node 20 lacks of the things that tests and `@std/assert` use; the
 * library does without. Loaded before the tests on Node.
 *
 * @module
 */

function add<T extends object>(target: T, methods: Partial<T>): void {
  for (const [name, value] of Object.entries(methods)) {
    if (name in target) continue;
    Object.defineProperty(target, name, { value, configurable: true });
  }
}

add(Promise, {
  withResolvers<T>(this: PromiseConstructor) {
    let resolve!: (value: T | PromiseLike<T>) => void;
    let reject!: (reason?: unknown) => void;
    const promise = new this<T>((...settle) => [resolve, reject] = settle);
    return { promise, resolve, reject };
  },
});

add(Set.prototype, {
  union<T, U>(this: Set<T>, other: ReadonlySetLike<U>) {
    return new Set<T | U>([...this, ...valuesOf(other)]);
  },
  intersection<T, U>(this: Set<T>, other: ReadonlySetLike<U>) {
    return new Set(valuesOf(other).filter((each) => hasIn(this, each)));
  },
  symmetricDifference<T, U>(this: Set<T>, other: ReadonlySetLike<U>) {
    const others = valuesOf(other);
    return new Set<T | U>([
      ...[...this].filter((each) => !hasIn(other, each)),
      ...others.filter((each) => !hasIn(this, each)),
    ]);
  },
} as Partial<Set<unknown>>);

function valuesOf<U>(set: ReadonlySetLike<U>): U[] {
  const iterator = set.keys();
  const values: U[] = [];
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    values.push(next.value);
  }
  return values;
}

function hasIn(set: { has(value: unknown): boolean }, value: unknown): boolean {
  return set.has(value);
}
