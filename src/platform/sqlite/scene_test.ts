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

/** What is in a directory now: no timer fires before the answer. */
export function namesIn(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}
