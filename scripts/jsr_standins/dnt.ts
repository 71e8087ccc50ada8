/** Stands in for `@deno/dnt`: written with the npm build. */
export function build(_options: unknown): Promise<void> {
  return Promise.reject(
    new Error("the npm build needs @deno/dnt, and JSR is out of reach"),
  );
}
