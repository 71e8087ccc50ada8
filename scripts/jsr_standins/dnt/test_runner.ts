/**
 * The program that runs the compiled tests on Node.
 *
 * @module
 */

/** The npm package that gives tests their `Deno`, and its range. */
export const DENO_SHIM = { name: "@deno/shim-deno", version: "~0.18.0" };

/** Writes `test_runner.cjs` for the given files of `esm/`, to be run in this order. */
export function formatTestRunner(jsPaths: readonly string[]): string {
  return `const { testDefinitions } = require("${DENO_SHIM.name}/test-internals");
const process = require("node:process");

const files = ${JSON.stringify(jsPaths, null, 2)};

main();

async function main() {
  let passed = 0;
  let ignored = 0;
  const failed = [];
  for (const file of files) {
    process.chdir(__dirname + "/esm");
    try {
      await import("./esm/" + file);
    } catch (error) {
      report(file, error);
    }
    for (const definition of testDefinitions.splice(0)) {
      const name = file + ": " + definition.name;
      if (definition.ignore) {
        ignored++;
        continue;
      }
      const context = createContext(definition.name);
      try {
        await withinTime(definition.fn(context));
        if (context.failures.length > 0) throw context.failures[0];
        passed++;
      } catch (error) {
        report(name, error);
      }
    }
  }
  console.log(
    passed + " passed, " + failed.length + " failed, " + ignored +
      " ignored in " + files.length + " files",
  );
  process.exitCode = failed.length === 0 ? 0 : 1;

  function report(name, error) {
    failed.push(name);
    console.log("FAILED " + name + "\\n" + (error?.stack ?? error) + "\\n");
  }
}

/** A test that hangs fails; Deno notices by itself, Node would wait. */
function withinTime(work) {
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Error("not done within 30 s");
    timer = setTimeout(() => reject(error), 30_000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function createContext(name) {
  const failures = [];
  return {
    name,
    origin: "file://" + __filename,
    failures,
    async step(nameOrDefinition, fn) {
      const step = typeof nameOrDefinition === "object"
        ? nameOrDefinition
        : typeof nameOrDefinition === "function"
        ? { name: nameOrDefinition.name, fn: nameOrDefinition }
        : { name: nameOrDefinition, fn };
      if (step.ignore) return false;
      const context = createContext(step.name);
      try {
        await step.fn(context);
        failures.push(...context.failures);
        return context.failures.length === 0;
      } catch (error) {
        failures.push(error);
        return false;
      }
    },
  };
}
`;
}
