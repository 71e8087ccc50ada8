/**
 * Who can push what forge pulls, and pull what forge publishes: tried with all
 * tools that are on the `PATH`, and written into docs/interoperability.md.
 * What cannot be tried stays there as an earlier run found it.
 *
 * ```sh
 * deno run -A scripts/with_jsr.ts run -A scripts/interop_matrix.ts          # print
 * deno run -A scripts/with_jsr.ts run -A scripts/interop_matrix.ts --write
 * ```
 *
 * @module
 */

import {
  type Cell,
  formatMatrix,
  parseMatrix,
  runMatrix,
  withEarlier,
} from "../tests/interop/matrix/run_matrix.ts";
import { toolVersions } from "../tests/interop/matrix/versions.ts";

const PAGE = new URL("../docs/interoperability.md", import.meta.url);

if (import.meta.main) {
  const page = await Deno.readTextFile(PAGE);
  const { pushed, pulled } = await runMatrix();
  const table = (name: string, corner: string, found: readonly Cell[]) =>
    formatMatrix(
      withEarlier(found, parseMatrix(sectionOf(page, name))),
      corner,
    );
  const sections = {
    pushed: table("pushed", "pushed by", pushed),
    pulled: table("pulled", "pulled by", pulled),
    versions: withEarlierLines(
      await toolVersions(),
      sectionOf(page, "versions"),
    ),
  };
  if (Deno.args.includes("--write")) {
    await Deno.writeTextFile(PAGE, withSections(page, sections));
  } else console.log(Object.values(sections).join("\n\n"));
  const failed = [...pushed, ...pulled].filter(({ result }) =>
    result.startsWith("no:")
  );
  if (failed.length > 0) console.error(failed);
}

/** What stands between the two comments of a section. */
function sectionOf(page: string, name: string): string {
  return new RegExp(`<!-- ${name} -->\\n([^]*?)<!-- end -->`).exec(page)?.[1] ??
    "";
}

/** Puts each section between its two comments. */
function withSections(
  page: string,
  sections: Readonly<Record<string, string>>,
): string {
  return Object.entries(sections).reduce((text, [name, section]) => {
    const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end -->)`);
    return text.replace(
      place,
      (_, start, end) => `${start}\n${section}\n\n${end}`,
    );
  }, page);
}

/** Versions of now, `- name version`, and those of tools that are not here now. */
function withEarlierLines(now: string, earlier: string): string {
  const nameOf = (line: string) => line.split(" ")[1];
  const lines = now.split("\n");
  const named = new Set(lines.map(nameOf));
  const others = earlier.split("\n").filter((line) =>
    line.startsWith("- ") && !named.has(nameOf(line))
  );
  return [...lines, ...others].join("\n");
}
