/**
 * Disks of a few megabytes, for tests that fill one.
 *
 * Only some may mount one, not each root of a container either: where nobody
 * may, a person is told so and the test is ignored. What it tests is tested
 * with disks that only play full as well.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Puts an empty disk of so many bytes at a directory; gives what takes it away. */
export type MountDisk = (
  directory: string,
  bytes: number,
) => Promise<AsyncDisposable>;

/** Registers a test that mounts disks. */
export async function smallDiskTest(
  name: string,
  test: (mount: MountDisk) => Promise<void>,
): Promise<void> {
  const ignore = !(await mayMount());
  if (ignore) {
    console.error(
      "needs to mount a tmpfs: Linux, and root or sudo that asks for no password",
    );
  }
  Deno.test({ name, ignore, fn: () => test(mount) });
}

async function mayMount(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const directory = await Deno.makeTempDir({ prefix: "forge-disk-" });
  try {
    const disk = await mount(directory, 2 ** 20);
    await disk[Symbol.asyncDispose]();
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(directory);
  }
}

async function mount(
  directory: string,
  bytes: number,
): Promise<AsyncDisposable> {
  const options = `size=${bytes},mode=700,uid=${Deno.uid()}`;
  await asRoot("mount", "-t", "tmpfs", "-o", options, "forge-test", directory);
  return { [Symbol.asyncDispose]: () => asRoot("umount", directory) };
}

async function asRoot(program: string, ...args: string[]): Promise<void> {
  if (Deno.uid() === 0) await run(program, args);
  else await run("sudo", ["-n", program, ...args]);
}
