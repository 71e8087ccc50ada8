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
      assert(report.runtimes.some(({ isOldest }) => isOldest));
      for (const name of ["Node 20", "Node 22", "Node 24"]) {
        assert(names.includes(name), `${name} is not to be had from npm`);
      }
    });
    await t.step("the tarball holds what it should and nothing else", () => {
      const strangers = report.installed.files.filter((path) =>
        !/^(?:esm\/.*\.d\.ts|dist\/[^/]*\.js)$/.test(path) &&
        !["package.json", "README.md", "LICENSE", "CHANGELOG.md"]
          .includes(path)
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
    await t.step("npm has nothing to correct in package.json", () => {
      const { written, corrected } = report.installed.packageJson;
      assertEquals(corrected, written);
    });
    await t.step("the page says how large it is", async () => {
      const page = await Deno.readTextFile(
        new URL("../../docs/performance.md", import.meta.url),
      );
      const [, kilobytes, files, megabytes] =
        /tarball has (\d+) kB in (\d+) files.*installed it is\s+([\d.]+) MB/s
          .exec(page) ?? [];
      const { tarballBytes, installedBytes, files: list } = report.installed;
      assertWithin(Number(kilobytes) * 1e3, tarballBytes);
      assertWithin(Number(files), list.length);
      assertWithin(Number(megabytes) * 1e6, installedBytes);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** A figure may be rounded, and a little older than the package. */
function assertWithin(said: number, measured: number): void {
  const isNear = Math.abs(said - measured) <= measured / 20;
  assert(isNear, `docs/performance.md says ${said}, and it is ${measured}`);
}
