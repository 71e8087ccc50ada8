/**
 * The program `forge` of the npm package.
 *
 * npm starts it through a link, under which `import.meta.main` of `main.ts`
 * cannot be relied upon; this module does nothing but run.
 *
 * @module
 */

import process from "node:process";
import { runProcess } from "./main.ts";

await runProcess();
process.exit();
