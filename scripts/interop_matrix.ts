/**
 * Who can push what forge pulls, and pull what forge publishes: tried with all
 * tools that are on the `PATH`, and written into docs/interoperability.md.
 *
 * ```sh
 * deno run -A scripts/with_jsr.ts run -A scripts/interop_matrix.ts          # print
 * deno run -A scripts/with_jsr.ts run -A scripts/interop_matrix.ts --write
 * ```
 *
 * @module
 */

import { formatMatrix, runMatrix } from "../tests/interop/matrix/run_matrix.ts";
import { toolVersions } from "../tests/interop/matrix/versions.ts";

const PAGE = new URL("../docs/interoperability.md", import.meta.url);

if (import.meta.main) {
  const { pushed, pulled } = await runMatrix();
  const sections = {
    pushed: formatMatrix(pushed, "pushed by"),
    pulled: formatMatrix(pulled, "pulled by"),
    versions: await toolVersions(),
  };
  if (Deno.args.includes("--write")) await write(sections);
  else console.log(Object.values(sections).join("\n\n"));
  const failed = [...pushed, ...pulled].filter(({ result }) =>
    result.startsWith("no:")
  );
  if (failed.length > 0) console.error(failed);
}

/** Puts each section between its two comments. */
async function write(sections: Readonly<Record<string, string>>) {
  let page = await Deno.readTextFile(PAGE);
  for (const [name, text] of Object.entries(sections)) {
    const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end -->)`);
    page = page.replace(
      place,
      (_, start, end) => `${start}\n${text}\n\n${end}`,
    );
  }
  await Deno.writeTextFile(PAGE, page);
}
