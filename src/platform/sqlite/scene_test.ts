/**
 * Directories for tests of databases.
 *
 * @module
 */

/** Makes a directory for a test. */
export async function withDirectory(
  check: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await check(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What is in a directory. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  const names = [];
  for await (const { name } of Deno.readDir(directory)) names.push(name);
  return names.sort();
}
