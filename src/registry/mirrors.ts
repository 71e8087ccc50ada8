/**
 * Asking mirrors before the registry itself.
 *
 * @module
 */

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

/**
 * Reads from the first place that can answer: the mirrors in order, then the
 * origin, whose failure is the one that counts.
 *
 * @param places Where to read.
 * @param options The signal.
 * @param read How to read from one place.
 */
export async function readFromFirst<T>(
  places: ReadablePlaces,
  options: SignalOptions,
  read: (place: RepositoryPlace) => Promise<T>,
): Promise<T> {
  const { origin, mirrors } = places;
  for (const place of mirrors) {
    try {
      return await read(place);
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      noteFailure(places, place, error);
    }
  }
  return await read(origin);
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
