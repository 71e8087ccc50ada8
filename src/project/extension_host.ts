/**
 * The program of a thread or process in which one extension runs. Not for
 * importing: it starts to listen at once.
 *
 * @module
 */

import { platform } from "../platform/deno.ts";
import { openParent } from "../platform/remote_host.ts";
import { lazyOpenDatabase } from "../platform/sqlite/lazy.ts";
import { serveInstance } from "../runtime/serve.ts";

serveInstance(openParent(), {
  clock: { now: () => performance.now() },
  // Who has started this has made the directory; it may not be ours to make.
  openDatabase: platform.openDatabase &&
    lazyOpenDatabase(() => Promise.resolve()),
  openDirectory: platform.openDirectory,
});
