/**
 * Looking for changes, and taking them over.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type Outcome,
  type PlannedExtension,
  type PlannedOci,
  readModule,
  type ReadyOutcome,
} from "../install/mod.ts";
import { tryParseDigest } from "../oci/mod.ts";
import type { RegistryClient } from "../registry/mod.ts";
import { type Extension, loadExtension } from "../runtime/mod.ts";
import { createProjectClient } from "./client.ts";
import { installProject, type Project } from "./project.ts";
import type { WatchProjectOptions } from "./watch.ts";

const FILE_INTERVAL_MS = 500;

const TAG_INTERVAL_MS = 30_000;

/** Starts to look for changes. */
export async function watchChanges(
  project: Project,
  options: WatchProjectOptions,
): Promise<void> {
  const watch = new Watch(project, options);
  try {
    await watch.loadAll();
    await watch.follow();
  } catch (error) {
    if (!options.signal.aborted || error !== options.signal.reason) throw error;
  } finally {
    await watch.shutdown();
  }
}

type PlannedFile = Exclude<PlannedExtension, PlannedOci>;

/** One extension, and what is known of its source. */
interface Watched {
  readonly planned: PlannedExtension;
  extension: Extension | undefined;
  /** The file or the manifest that was loaded last, or tried; none when the file is known to be missing. */
  seen: string | undefined;
  /** The file as it was at the last look. */
  last: string | undefined;
  isUnreachable: boolean;
}

class Watch {
  readonly #project: Project;
  readonly #options: WatchProjectOptions;
  readonly #watched: readonly Watched[];
  #client: RegistryClient | undefined;

  constructor(project: Project, options: WatchProjectOptions) {
    this.#project = project;
    this.#options = options;
    this.#watched = project.plan.extensions.map((planned) => ({
      ...{ planned, extension: undefined, seen: undefined, last: undefined },
      isUnreachable: false,
    }));
  }

  async loadAll(): Promise<void> {
    const { platform, signal, onInstallEvent } = this.#options;
    // Before the install: a change during it is seen at the next look.
    for (const each of this.#watched) {
      if (each.planned.source !== "oci") {
        each.seen = each.last = await this.#fileOf(each);
      }
    }
    const outcomes = await installProject(this.#project, {
      ...{ platform, signal, onEvent: onInstallEvent },
    });
    for (const [i, outcome] of outcomes.entries()) {
      const each = this.#watched[i];
      if (each !== undefined) await this.#take(each, outcome);
    }
    const names = this.#watched.filter((each) => this.#canChange(each))
      .map(({ planned }) => planned.name);
    this.#options.onEvent?.({ type: "watching", names });
  }

  async follow(): Promise<never> {
    const { platform: { clock }, signal } = this.#options;
    const {
      fileIntervalMs = FILE_INTERVAL_MS,
      tagIntervalMs = TAG_INTERVAL_MS,
    } = this.#options;
    let sinceTags = 0;
    while (true) {
      await clock.sleep(fileIntervalMs, { signal });
      sinceTags += fileIntervalMs;
      const looksAtTags = sinceTags >= tagIntervalMs;
      if (looksAtTags) sinceTags = 0;
      for (const each of this.#watched) {
        const { planned } = each;
        if (planned.source !== "oci") await this.#lookAtFile(each, planned);
        else if (looksAtTags && this.#canChange(each)) {
          await this.#lookAtTag(each, planned);
        }
      }
    }
  }

  async shutdown(): Promise<void> {
    for (const { extension } of this.#watched.toReversed()) {
      await extension?.shutdown();
    }
  }

  #canChange({ planned }: Watched): boolean {
    if (planned.source !== "oci") return true;
    return !this.#project.plan.offline &&
      planned.lock?.kind !== "locked" &&
      tryParseDigest(planned.reference) === undefined;
  }

  async #lookAtFile(each: Watched, planned: PlannedFile): Promise<void> {
    const found = await this.#fileOf(each);
    const isSettled = found === each.last;
    each.last = found;
    if (!isSettled || found === each.seen) return;
    each.seen = found;
    if (found !== undefined) return await this.#renew(each, false);
    const { name, path } = planned;
    this.#options.onEvent?.({ type: "missing", name, path });
  }

  async #fileOf({ planned }: Watched): Promise<string | undefined> {
    if (planned.source === "oci") return undefined;
    const { files } = this.#options.platform;
    const stat = await files.stat(planned.path).catch(() => undefined);
    return stat && `${stat.kind} ${stat.size} ${stat.modifiedMs}`;
  }

  async #lookAtTag(each: Watched, planned: PlannedOci): Promise<void> {
    const { signal, onEvent } = this.#options;
    const { name, registry, image, reference } = planned;
    try {
      const client = this.#client ??= await this.#openClient();
      const repository = client.repository(registry, image);
      const { digest } = await repository.resolve(reference, { signal });
      each.isUnreachable = false;
      if (digest === each.seen) return;
      each.seen = digest;
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      if (!each.isUnreachable) onEvent?.({ type: "unreachable", name, error });
      each.isUnreachable = true;
      return;
    }
    await this.#renew(each, true);
  }

  async #openClient(): Promise<RegistryClient> {
    const { config, location } = this.#project;
    const { platform, onInstallEvent } = this.#options;
    return await createProjectClient(config, {
      ...{ platform, root: location.root, offline: false },
      onEvent: onInstallEvent,
    });
  }

  /** Installs one extension anew, and puts it in the place of what runs. */
  async #renew(each: Watched, refresh: boolean): Promise<void> {
    const { platform, signal, onInstallEvent } = this.#options;
    const plan = { ...this.#project.plan, extensions: [each.planned] };
    const [outcome] = await installProject({ ...this.#project, plan }, {
      ...{ platform, signal, refresh, onEvent: onInstallEvent },
    });
    if (outcome !== undefined) await this.#take(each, outcome);
  }

  async #take(each: Watched, outcome: Outcome): Promise<void> {
    const { onEvent } = this.#options;
    const { name } = outcome;
    if (!("path" in outcome)) {
      return onEvent?.({ type: "failed", name, error: outcome.error });
    }
    each.seen = outcome.manifestDigest ?? each.seen;
    try {
      const type = each.extension === undefined ? "loaded" : "reloaded";
      const extension = await this.#load(each, outcome);
      each.extension = extension;
      onEvent?.({ type, outcome, extension });
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      onEvent?.({ type: "failed", name, error });
    }
  }

  async #load(each: Watched, outcome: ReadyOutcome): Promise<Extension> {
    const { platform: { files }, signal, optionsFor } = this.#options;
    const bytes = await readModule(outcome, { files, signal });
    if (each.extension !== undefined) {
      await each.extension.reload(bytes, { signal });
      return each.extension;
    }
    return await loadExtension({ name: outcome.name, bytes }, {
      ...optionsFor?.(outcome),
      signal,
    });
  }
}
