/**
 * What `.github/workflows` does: that it names what is there, and that the steps
 * that publish can be run again.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);

async function readWorkflow(name: string): Promise<string> {
  return await Deno.readTextFile(
    new URL(`.github/workflows/${name}.yml`, ROOT),
  );
}

/** The text of each job, by its name. */
function jobsOf(workflow: string): ReadonlyMap<string, string> {
  const [, jobs = ""] = workflow.split(/^jobs:\n/m);
  return new Map(
    jobs.split(/^ {2}(?=\w+:$)/m).map((text) =>
      [text.slice(0, text.indexOf(":")), text] as const
    ),
  );
}

Deno.test("what the workflows run is there, with the Deno of the README", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const version = /deno@(\S+) task/.exec(readme)?.[1];
  for (const name of ["ci", "release"]) {
    const text = await readWorkflow(name);
    for (const [, task = ""] of text.matchAll(/deno task ([\w:-]+)/g)) {
      assert(Object.hasOwn(denoJson.tasks, task), `${name}.yml: ${task}`);
    }
    const versions = [...text.matchAll(/deno-version: v(\S+)/g)];
    assertEquals(new Set(versions.map(([, each]) => each)), new Set([version]));
  }
  const { mode } = await Deno.stat(new URL(".ci/run", ROOT));
  assertEquals((mode ?? 0) & 0o111, 0o111);
});

Deno.test("both packages are published with their provenance, after the tests, under the version of the tag", async () => {
  const jobs = jobsOf(await readWorkflow("release"));
  const publishing = {
    jsr: "- run: deno publish\n",
    npm: "npm publish --provenance --access public",
  };
  for (const [name, command] of Object.entries(publishing)) {
    const job = jobs.get(name) ?? "";
    assertStringIncludes(job, command);
    assertStringIncludes(job, "id-token: write");
    assertStringIncludes(job, "needs: test");
    assertStringIncludes(job, `"v$(jq -r .version deno.json)"`);
  }
  assertStringIncludes(
    jobs.get("test") ?? "",
    "uses: ./.github/workflows/ci.yml",
  );
});

Deno.test("actions of others are named by commit, with their version beside it", async () => {
  const page = new URL("docs/permissions.md", ROOT);
  for (
    const text of [
      await readWorkflow("ci"),
      await readWorkflow("release"),
      await Deno.readTextFile(page),
    ]
  ) {
    const used = [...text.matchAll(/^ +- uses: (.*)$/gm)]
      .map(([, action = ""]) => action);
    assert(used.length > 0);
    for (const action of used) {
      assertMatch(action, /^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  }
});

/** The script of a step that has one of several lines. */
function scriptOf(job: string, step: string): string {
  const from = job.indexOf(`- name: ${step}`);
  assert(from >= 0, `no step "${step}"`);
  const [, script = ""] = /^ {8}run: \|\n((?: {10}.*\n|\n)*)/m
    .exec(`${job.slice(from).trimEnd()}\n`) ?? [];
  return script.replace(/^ {10}/gm, "");
}

/**
 * Runs a step as GitHub does, with programs that only tell how they were called.
 *
 * @param script The step.
 * @param answers What each program does in place of what it is, by its name.
 * @returns The calls, each on a line.
 */
async function runStep(
  script: string,
  answers: Readonly<Record<string, string>>,
): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "forge-step-" });
  try {
    const calls = join(directory, "calls");
    for (const [program, answer] of Object.entries(answers)) {
      const path = join(directory, program);
      const text = `#!/bin/sh\necho "${program} $*" >> "${calls}"\n${answer}\n`;
      await Deno.writeTextFile(path, text, { mode: 0o755 });
    }
    const { code, stderr } = await new Deno.Command("bash", {
      args: ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
      cwd: directory,
      clearEnv: true,
      env: {
        PATH: `${directory}:/usr/bin:/bin`,
        GITHUB_REF_NAME: "v1.2.3",
        DIST_TAG: "latest",
        KIND: "--latest",
      },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return await Deno.readTextFile(calls);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const NPM_STEP = "Publish, unless npm has it";
const NOT_FOUND = `[ "$1" = view ] && { echo "npm error E404" >&2; exit 1; }`;

for (
  const [title, answer, publishes] of [
    ["npm has not the package", `${NOT_FOUND}; exit 0`, true],
    ["npm has other versions only", "exit 0", true],
    ["npm has the version", `[ "$1" = view ] && echo 1.2.3`, false],
  ] as const
) {
  Deno.test(`where ${title}, the release ${publishes ? "publishes it" : "goes on without publishing it again"}`, async () => {
    const job = jobsOf(await readWorkflow("release")).get("npm") ?? "";
    const calls = await runStep(scriptOf(job, NPM_STEP), { npm: answer });
    assertMatch(calls, /^npm view @forgepoint\/forge@1\.2\.3 version$/m);
    assertEquals(
      calls.includes(
        "npm publish --provenance --access public --tag latest\n",
      ),
      publishes,
    );
    assertEquals(calls.includes("publish"), publishes);
  });
}

for (const isThere of [false, true]) {
  Deno.test(`a release on GitHub that is ${isThere ? "there is left alone" : "not there is made"}`, async () => {
    const job = jobsOf(await readWorkflow("release")).get("github") ?? "";
    const step = "Publish the notes of the changelog, unless they are there";
    const calls = await runStep(scriptOf(job, step), {
      deno: "echo notes",
      gh: isThere ? "exit 0" : `[ "$2" != view ]`,
    });
    assertMatch(calls, /release\.ts notes 1\.2\.3$/m);
    assertEquals(
      /^gh release create v1\.2\.3 .*--latest$/m.test(calls),
      !isThere,
    );
  });
}

Deno.test("what CI installs is what contributors are told to install", async () => {
  const [ci, page] = await Promise.all(
    [".ci/run", "CONTRIBUTING.md"].map((path) =>
      Deno.readTextFile(new URL(path, ROOT))
    ),
  );
  const named = new Set(
    [...page!.matchAll(/^sudo apt-get install (.*)$/gm)]
      .flatMap(([, packages = ""]) => packages.split(" ")),
  );
  const needed = [...ci!.matchAll(/need\+=\(([\w.-]+)\)/g)]
    .map(([, name = ""]) => name)
    // Who has this file has it.
    .filter((name) => name !== "git");
  assert(needed.length > 5);
  assertEquals(needed.filter((name) => !named.has(name)), []);
  const programs = [...ci!.matchAll(/go install (\S+)@/g)];
  assert(programs.length > 2);
  for (const [, program = ""] of programs) {
    assertStringIncludes(page!, `go install ${program}@latest\n`);
  }
});
