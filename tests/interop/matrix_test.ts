/** docs/interoperability.md says what happens. */

import { assert, assertEquals } from "@std/assert";
import {
  type Cell,
  NOT_TRIED,
  parseMatrix,
  runMatrix,
} from "./matrix/run_matrix.ts";
import {
  BUILDAH,
  CRANE,
  DOCKER_REGISTRY,
  interopTest,
  ORAS,
  REGCTL,
  SKOPEO,
  UMOCI,
} from "./tools.ts";

const PAGE = await Deno.readTextFile(
  new URL("../../docs/interoperability.md", import.meta.url),
);

/** Those that CI installs; others take part where they are. */
const REQUIRED = [BUILDAH, CRANE, DOCKER_REGISTRY, ORAS]
  .concat([REGCTL, SKOPEO, UMOCI]);

/** The cells of a table of the page. */
function cellsOf(section: string): readonly Cell[] {
  const [, text = ""] =
    new RegExp(`<!-- ${section} -->([^]*?)<!-- end -->`).exec(PAGE) ?? [];
  return parseMatrix(text);
}

interopTest(
  "what the page says of who works with whom is what happens",
  REQUIRED,
  async () => {
    const { pushed, pulled } = await runMatrix();
    for (
      const [section, found] of Object.entries({ pushed, pulled })
    ) {
      const place = ({ peer, registry }: Cell) => `${peer}, ${registry}`;
      const written = cellsOf(section);
      assertEquals(written.map(place).sort(), found.map(place).sort());
      const tried = found.filter(({ result }) => result !== NOT_TRIED);
      assert(tried.length > 5);
      const said = new Map(written.map((cell) => [place(cell), cell.result]));
      for (const cell of tried) {
        const result = said.get(place(cell));
        // Not had by whoever wrote the page; it has to work all the same.
        const expected = result === NOT_TRIED ? "yes" : result;
        assertEquals(cell.result, expected, place(cell));
      }
    }
  },
);
