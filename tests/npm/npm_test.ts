import { assert, assertEquals } from "@std/assert";
import { checkPackage, formatReport } from "./check_package.ts";

Deno.test("the npm package does on every runtime what it does on Deno", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "forge-npm-" });
  try {
    const report = await checkPackage(directory);
    console.log(formatReport(report));
    for (const { what, where, ok, detail } of report.checks) {
      await t.step(`${what} on ${where}`, () => assert(ok, detail));
    }
    await t.step("every supported version of Node was there", () => {
      const names = report.runtimes.map(({ name }) => name.split(".")[0]);
      for (const name of ["Node 20", "Node 22", "Node 24"]) {
        assert(names.includes(name), `${name} is not to be had from npm`);
      }
    });
    await t.step("the tarball holds what it should and nothing else", () => {
      const strangers = report.installed.files.filter((path) =>
        !/^(?:esm\/.*\.d\.ts|dist\/[^/]*\.js)$/.test(path) &&
        !/^(?:(?:esm|dist)\/)?package\.json$/.test(path) &&
        !["README.md", "LICENSE", "CHANGELOG.md"].includes(path)
      );
      assertEquals(strangers, []);
      const tests = report.installed.files.filter((path) =>
        /_test\.|tests\//.test(path)
      );
      assertEquals(tests, []);
      const ofOthers = report.installed.files.filter((path) =>
        path.startsWith("esm/deps/")
      );
      assertEquals(ofOthers, []);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
