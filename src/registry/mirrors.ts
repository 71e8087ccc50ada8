/**
 * Asking mirrors before the registry itself.
 *
 * @module
 */

import { NetworkError } from "../http/mod.ts";
import type { RegistryEvent } from "./events.ts";
import type { RepositoryPlace, SignalOptions } from "./repository.ts";

/** Where a repository can be read. */
export interface ReadablePlaces {
  /** The repository itself. */
  readonly origin: RepositoryPlace;
  /** The same repository in mirrors, in the order to ask. */
  readonly mirrors: readonly RepositoryPlace[];
  /** Hears of mirrors that did not help. */
  readonly onEvent: (event: RegistryEvent) => void;
}

/** Options of {@linkcode readFromFirst}. */
export interface ReadFromFirstOptions<T> extends SignalOptions {
  /** Whether an answer of a mirror says only that the mirror has nothing; every one says something unless told otherwise. */
  readonly isNothing?: (answer: T) => boolean;
  /** Takes nothing for the answer where the origin cannot be reached. */
  readonly mayBeNothing?: boolean;
}

/**
 * Reads from the first place that can answer: the mirrors in order, then the
 * origin, whose failure is the one that counts.
 *
 * @param places Where to read.
 * @param options The signal, and which answers are none.
 * @param read How to read from one place.
 */
export async function readFromFirst<T>(
  places: ReadablePlaces,
  options: ReadFromFirstOptions<T>,
  read: (place: RepositoryPlace) => Promise<T>,
): Promise<T> {
  const { origin, mirrors } = places;
  let nothing: { readonly answer: T } | undefined;
  for (const place of mirrors) {
    try {
      const answer = await read(place);
      if (options.isNothing?.(answer) !== true) return answer;
      nothing ??= { answer };
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      noteFailure(places, place, error);
    }
  }
  try {
    return await read(origin);
  } catch (error) {
    const isAway = error instanceof NetworkError;
    if (isAway && options.mayBeNothing === true && nothing !== undefined) {
      return nothing.answer;
    }
    throw error;
  }
}

/** Tells that a mirror did not help. */
export function noteFailure(
  { origin, onEvent }: ReadablePlaces,
  place: RepositoryPlace,
  error: unknown,
): void {
  const { registry } = origin.connection;
  const mirror = place.connection.registry;
  onEvent({ type: "mirror-failed", registry, mirror, error });
}
