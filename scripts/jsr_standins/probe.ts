/** Imported only to learn whether Deno's cache already holds the JSR packages. */
import "@std/assert";
import "@std/path";
