/** Databases on a disk that is full. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { ForgeError } from "../../src/errors.ts";
import { platform } from "../../src/platform/deno.ts";
import { smallDiskTest } from "../small_disk.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

await smallDiskTest(
  "on a full disk what was committed stays, and is there when it has room again",
  async (mount) => {
    const directory = await Deno.makeTempDir({ prefix: "forge-database-" });
    {
      await using _disk = await mount(directory, 8 * MIB);
      const path = join(directory, "a.db");
      const filler = join(directory, "filler");
      for (let round = 0; round < 4; round++) {
        // Each time another place in the file, the log or the lock is the last.
        await Deno.writeFile(filler, new Uint8Array(5 * MIB + 7 * round * KIB));
        const database = await platform.openDatabase!(path, {
          engine: "wasm",
        });
        const count = () =>
          database.query("SELECT count(*), sum(length(a)) FROM t", [])[0]!;
        database.migrate("CREATE TABLE t (a)");
        let committed = 0n;
        const error = assertThrows(() => {
          for (; committed < 1000n; committed++) {
            database.execute("INSERT INTO t VALUES (randomblob(5000))", []);
          }
        }, ForgeError);
        assertEquals(error.code, "SQL_FAILED");
        assert(committed > 50n);
        assertEquals(count(), [committed, 5000n * committed]);
        // It is closed while it cannot bring its log in.
        database.close();
        await Deno.remove(filler);
        const again = await platform.openDatabase!(path, { engine: "wasm" });
        assertEquals(
          again.query("SELECT count(*), sum(length(a)) FROM t", []),
          [[committed, 5000n * committed]],
        );
        assertEquals(again.query("PRAGMA integrity_check", []), [["ok"]]);
        again.execute("INSERT INTO t VALUES (1)", []);
        again.close();
        const left = [...Deno.readDirSync(directory)];
        assertEquals(left.map(({ name }) => name), ["a.db"]);
        await Deno.remove(path);
      }
    }
    await Deno.remove(directory);
  },
);
