/** Calls of WASI as a module makes them, honest and not. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { platform } from "../platform/deno.ts";
import type { LogLine } from "./log.ts";
import {
  createWasiHost,
  type DirectoryLimits,
  ProcessExit,
  type WasiHost,
} from "./wasi.ts";
import { Errno } from "./wasi/errno.ts";

const LIMITS: DirectoryLimits = {
  directoryBytes: 1024 * 1024,
  fileBytes: 100_000,
  directoryEntries: 20,
};

/** Where the tests put things in the memory. */
const TEXT = 1024;
const MORE = 4096;
const LIST = 8192;
const OUT = 8256;
const DATA = 16384;
const END = 65536;

const RIGHTS = 0x1fff_ffffn;
const READ_ONLY = 1n << 1n;
const [CREATE, DIRECTORY, EXCLUSIVE, TRUNCATE] = [1, 2, 4, 8];
const ROOT = 3;

// deno-lint-ignore no-explicit-any -- numbers and bigints, as each call has them
type Calls = Record<string, (...args: any[]) => number>;

class Guest {
  readonly view: DataView;
  readonly calls: Calls;

  constructor(readonly host: WasiHost, memory: WebAssembly.Memory) {
    this.view = new DataView(memory.buffer);
    this.calls = host.imports as unknown as Calls;
  }

  put(text: string | Uint8Array, at = TEXT): [number, number] {
    const bytes = typeof text === "string"
      ? new TextEncoder().encode(text)
      : text;
    new Uint8Array(this.view.buffer, at).set(bytes);
    return [at, bytes.length];
  }

  get(at: number, length: number): string {
    return new TextDecoder().decode(
      new Uint8Array(this.view.buffer, at, length),
    );
  }

  u32(at = OUT): number {
    return this.view.getUint32(at, true);
  }

  u64(at = OUT): bigint {
    return this.view.getBigUint64(at, true);
  }

  open(path: string | Uint8Array, how = 0, rights = RIGHTS, flags = 0): number {
    const at = this.put(path);
    const args = [1, ...at, how, rights, 0n, flags, OUT];
    return this.calls.path_open!(ROOT, ...args);
  }

  /** Opens what must open. */
  fd(path: string, how = 0, rights = RIGHTS, flags = 0): number {
    assertEquals(this.open(path, how, rights, flags), Errno.SUCCESS, path);
    return this.u32();
  }

  list(buffers: readonly (readonly [number, number])[]): [number, number] {
    buffers.forEach(([pointer, length], i) => {
      this.view.setUint32(LIST + i * 8, pointer, true);
      this.view.setUint32(LIST + i * 8 + 4, length, true);
    });
    return [LIST, buffers.length];
  }

  write(fd: number, text: string | Uint8Array): number {
    const buffer = this.put(text, DATA);
    return this.calls.fd_write!(fd, ...this.list([buffer]), OUT);
  }

  read(fd: number, length = 100): string {
    const status = this.calls.fd_read!(
      ...[fd, ...this.list([[DATA, length]]), OUT],
    );
    assertEquals(status, Errno.SUCCESS);
    return this.get(DATA, this.u32());
  }

  path(name: string, path: string | Uint8Array): number {
    return this.calls[name]!(ROOT, ...this.put(path));
  }

  names(fd: number, length = 1000, cookie = 0n): string[] {
    const status = this.calls.fd_readdir!(fd, DATA, length, cookie, OUT);
    assertEquals(status, Errno.SUCCESS);
    const names = [];
    for (let at = DATA; at + 24 <= DATA + this.u32();) {
      const size = this.u32(at + 16);
      names.push(this.get(at + 24, size));
      at += 24 + size;
    }
    return names;
  }
}

interface Scene extends Guest {
  readonly root: string;
  readonly outside: string;
  readonly lines: LogLine[];
}

function test(
  name: string,
  check: (guest: Scene) => void | Promise<void>,
  limits: Partial<DirectoryLimits> = {},
): void {
  Deno.test(name, async () => {
    const outside = await Deno.realPath(await Deno.makeTempDir());
    await Deno.writeTextFile(join(outside, "secret"), "secret");
    const root = join(outside, "notes");
    const files = await platform.openDirectory!(root);
    const lines: LogLine[] = [];
    let now = 1000;
    const host = createWasiHost({
      name: "notes",
      onLog: (line) => lines.push(line),
      clock: { now: () => now },
      timeOfDay: () => 1_700_000_000_000,
      sleep: (milliseconds) => now += milliseconds,
      directory: { files, limits: { ...LIMITS, ...limits } },
    });
    const memory = new WebAssembly.Memory({ initial: 1 });
    host.attach(memory);
    const guest = new Guest(host, memory);
    try {
      await check(Object.assign(guest, { root, outside, lines }));
    } finally {
      host.close();
      await Deno.remove(outside, { recursive: true });
    }
  });
}

test("a module finds its directory, and no other", (guest) => {
  assertEquals(guest.calls.fd_prestat_get!(ROOT, OUT), Errno.SUCCESS);
  assertEquals(guest.u32(OUT), 0);
  assertEquals(guest.u32(OUT + 4), "/extension".length);
  guest.calls.fd_prestat_dir_name!(ROOT, DATA, 10);
  assertEquals(guest.get(DATA, 10), "/extension");
  assertEquals(guest.calls.fd_prestat_get!(ROOT + 1, OUT), Errno.BADF);
  assertEquals(guest.calls.fd_prestat_get!(1, OUT), Errno.NOTDIR);
});

test("files are written, read, sought, appended to and cut", async (guest) => {
  const fd = guest.fd("a.txt", CREATE);
  assertEquals(guest.write(fd, "hello world"), Errno.SUCCESS);
  assertEquals(guest.u32(), 11);
  assertEquals(guest.read(fd), "");
  assertEquals(guest.calls.fd_seek!(fd, -5n, 2, OUT), Errno.SUCCESS);
  assertEquals(guest.u64(), 6n);
  assertEquals(guest.read(fd), "world");
  guest.calls.fd_tell!(fd, OUT);
  assertEquals(guest.u64(), 11n);
  assertEquals(guest.calls.fd_seek!(fd, -12n, 1, OUT), Errno.INVAL);
  assertEquals(guest.calls.fd_seek!(fd, 0n, 3, OUT), Errno.INVAL);
  const list = guest.list([[DATA, 2], [DATA + 2, 3]]);
  assertEquals(guest.calls.fd_pread!(fd, ...list, 1n, OUT), Errno.SUCCESS);
  assertEquals(guest.get(DATA, guest.u32()), "ello ");
  guest.put("J", DATA);
  const one = guest.list([[DATA, 1]]);
  assertEquals(guest.calls.fd_pwrite!(fd, ...one, 0n, OUT), Errno.SUCCESS);
  assertEquals(guest.calls.fd_filestat_set_size!(fd, 5n), Errno.SUCCESS);
  assertEquals(guest.calls.fd_close!(fd), Errno.SUCCESS);
  assertEquals(guest.calls.fd_close!(fd), Errno.BADF);

  const more = guest.fd("a.txt", 0, RIGHTS, 1);
  guest.calls.fd_seek!(more, 0n, 0, OUT);
  assertEquals(guest.write(more, "!"), Errno.SUCCESS);
  assertEquals(await Deno.readTextFile(join(guest.root, "a.txt")), "Jello!");
  guest.fd("a.txt", TRUNCATE);
  assertEquals(await Deno.readTextFile(join(guest.root, "a.txt")), "");
});

test("what is opened to be read is not written, and the other way round", (guest) => {
  guest.write(guest.fd("a", CREATE), "text");
  const reader = guest.fd("a", 0, READ_ONLY);
  assertEquals(guest.write(reader, "x"), Errno.BADF);
  assertEquals(guest.calls.fd_filestat_set_size!(reader, 0n), Errno.BADF);
  const writer = guest.fd("a", 0, 1n << 6n);
  const list = guest.list([[DATA, 1]]);
  assertEquals(guest.calls.fd_read!(writer, ...list, OUT), Errno.BADF);
  assertEquals(guest.write(0, "x"), Errno.SPIPE);
  assertEquals(guest.read(0), "");
});

test("directories are made, listed, renamed and removed", (guest) => {
  assertEquals(guest.path("path_create_directory", "d/"), Errno.SUCCESS);
  assertEquals(guest.path("path_create_directory", "d"), Errno.EXIST);
  assertEquals(guest.path("path_create_directory", "x/y"), Errno.NOENT);
  guest.fd("d/b", CREATE);
  guest.fd("d/./../d//c", CREATE);
  const fd = guest.fd("d", DIRECTORY, READ_ONLY);
  assertEquals(guest.names(fd).sort(), [".", "..", "b", "c"]);
  // Piece by piece, as programs with small buffers read.
  assertEquals(guest.names(fd, 24 + 1), ["."]);
  assertEquals(guest.names(fd, 24 + 2, 1n), [".."]);
  assertEquals(guest.names(fd, 100, 4n), []);
  assertEquals(guest.names(fd, 100, 2n ** 64n - 1n), []);
  assertEquals(guest.path("path_remove_directory", "d"), Errno.NOTEMPTY);
  assertEquals(guest.path("path_unlink_file", "d"), Errno.ISDIR);
  const rename = (from: string, to: string) =>
    guest.calls.path_rename!(
      ...[ROOT, ...guest.put(from), ROOT, ...guest.put(to, MORE)],
    );
  assertEquals(rename("d/b", "d/c"), Errno.SUCCESS);
  assertEquals(rename("d", "e"), Errno.SUCCESS);
  assertEquals(rename("no", "e"), Errno.NOENT);
  assertEquals(guest.path("path_unlink_file", "e/c"), Errno.SUCCESS);
  assertEquals(guest.path("path_remove_directory", "e"), Errno.SUCCESS);
  assertEquals(guest.names(ROOT), [".", ".."]);
});

test("a listing goes on with what was there when it began, while others are read", (guest) => {
  for (const name of ["a", "a/1", "a/2", "a/3", "b", "b/4"]) {
    assertEquals(guest.path("path_create_directory", name), Errno.SUCCESS);
  }
  const a = guest.fd("a", DIRECTORY, READ_ONLY);
  const b = guest.fd("b", DIRECTORY, READ_ONLY);
  const found = new Set<string>();
  for (let cookie = 2n; cookie < 5n; cookie++) {
    const [name = ""] = guest.names(a, 24 + 1, cookie);
    found.add(name);
    assertEquals(guest.names(b).sort(), [".", "..", "4"]);
    // Whoever empties a directory removes what it is told.
    assertEquals(guest.path("path_remove_directory", `a/${name}`), 0);
  }
  assertEquals([...found].sort(), ["1", "2", "3"]);
  // What is begun anew, or was at its end, is what is there now.
  assertEquals(guest.names(a, 100, 5n), []);
  assertEquals(guest.path("path_create_directory", "a/5"), Errno.SUCCESS);
  assertEquals(guest.names(a, 100, 2n), ["5"]);
  assertEquals(guest.names(a).sort(), [".", "..", "5"]);
});

test("a descriptor of a directory is a way into it, not out of it", (guest) => {
  guest.path("path_create_directory", "d");
  guest.write(guest.fd("a", CREATE), "above");
  const fd = guest.fd("d", DIRECTORY, READ_ONLY);
  const open = (path: string, how = 0) =>
    guest.calls.path_open!(fd, 1, ...guest.put(path), how, RIGHTS, 0n, 0, OUT);
  assertEquals(open("b", CREATE), Errno.SUCCESS);
  assertEquals(open("../a"), Errno.NOTCAPABLE);
  assertEquals(guest.open("d/b"), Errno.SUCCESS);
});

test("what things are is told", (guest) => {
  guest.write(guest.fd("a", CREATE), "text");
  const stat = (path: string, flags = 1) =>
    guest.calls.path_filestat_get!(ROOT, flags, ...guest.put(path), OUT);
  assertEquals(stat("a"), Errno.SUCCESS);
  assertEquals(guest.view.getUint8(OUT + 16), 4);
  assertEquals(guest.u64(OUT + 32), 4n);
  assertEquals(stat("."), Errno.SUCCESS);
  assertEquals(guest.view.getUint8(OUT + 16), 3);
  assertEquals(stat("a/"), Errno.NOTDIR);
  assertEquals(stat("b"), Errno.NOENT);
  const times = (flags: number) =>
    guest.calls.path_filestat_set_times!(
      ...[ROOT, 1, ...guest.put("a"), 5_000_000_000n, 6_000_000_000n, flags],
    );
  assertEquals(times(1 | 4), Errno.SUCCESS);
  assertEquals(times(1 | 2), Errno.INVAL);
  stat("a");
  assertEquals(guest.u64(OUT + 48), 6_000_000_000n);
  assertEquals(times(8), Errno.SUCCESS);
  stat("a");
  assertEquals(guest.u64(OUT + 40), 5_000_000_000n);
  assertEquals(guest.u64(OUT + 48), 1_700_000_000_000_000_000n);
  for (const [fd, type] of [[0, 2], [1, 2], [ROOT, 3], [guest.fd("a"), 4]]) {
    assertEquals(guest.calls.fd_fdstat_get!(fd, OUT), Errno.SUCCESS);
    assertEquals(guest.view.getUint8(OUT), type);
    assertEquals(guest.calls.fd_filestat_get!(fd, OUT), Errno.SUCCESS);
  }
});

test("opening says how it failed", (guest) => {
  guest.fd("a", CREATE);
  guest.path("path_create_directory", "d");
  const table: readonly (readonly [string, number, number])[] = [
    ["no", 0, Errno.NOENT],
    ["no", DIRECTORY, Errno.NOENT],
    ["no/a", CREATE, Errno.NOENT],
    ["a", CREATE | EXCLUSIVE, Errno.EXIST],
    ["a", DIRECTORY, Errno.NOTDIR],
    ["a/", 0, Errno.NOTDIR],
    ["a/b", 0, Errno.NOTDIR],
    ["a/../d", 0, Errno.NOTDIR],
    ["new/", CREATE, Errno.NOENT],
    ["d", 0, Errno.ISDIR],
    ["", CREATE, Errno.NOENT],
  ];
  for (const [path, how, errno] of table) {
    assertEquals(guest.open(path, how), errno, `${path} ${how}`);
  }
});

test("no path leads out of the directory", async (guest) => {
  const { root, outside } = guest;
  guest.path("path_create_directory", "d");
  await Deno.symlink(outside, join(root, "link"));
  await Deno.symlink(join(outside, "secret"), join(root, "file"));
  const secret = join(outside, "secret");
  const table: readonly (readonly [string | Uint8Array, number])[] = [
    ["../secret", Errno.NOTCAPABLE],
    ["..", Errno.NOTCAPABLE],
    ["d/../../secret", Errno.NOTCAPABLE],
    ["./d/./../../notes/../secret", Errno.NOTCAPABLE],
    ["/etc/passwd", Errno.NOTCAPABLE],
    [secret, Errno.NOTCAPABLE],
    ["/extension/a", Errno.NOTCAPABLE],
    ["link/secret", Errno.LOOP],
    ["link/../secret", Errno.LOOP],
    ["d/../link/secret", Errno.LOOP],
    ["file", Errno.LOOP],
    ["link", Errno.LOOP],
    ["a\0/../../secret", Errno.INVAL],
    [Uint8Array.of(0xff, 0x2e, 0x2e), Errno.ILSEQ],
    [Uint8Array.of(0x61, 0xc0, 0xaf), Errno.ILSEQ],
    ["n".repeat(5000), Errno.NAMETOOLONG],
    ["n".repeat(300), Errno.NAMETOOLONG],
    [Array.from({ length: 100 }, () => "d").join("/"), Errno.NAMETOOLONG],
  ];
  for (const [path, errno] of table) {
    for (const how of [0, CREATE, CREATE | TRUNCATE]) {
      assertEquals(guest.open(path, how), errno, String(path).slice(0, 60));
    }
    for (const call of ["path_create_directory", "path_unlink_file"]) {
      if (path === "file" || path === "link") continue;
      const status = guest.path(call, path);
      assert(status !== Errno.SUCCESS, `${call} ${path}`);
    }
    const rename = (from: string | Uint8Array, to: string | Uint8Array) =>
      guest.calls.path_rename!(
        ...[ROOT, ...guest.put(from), ROOT, ...guest.put(to, DATA)],
      );
    if (path === "file" || path === "link") continue;
    assert(rename("d", path) !== Errno.SUCCESS, `rename to ${path}`);
    assert(rename(path, "new") !== Errno.SUCCESS, `rename from ${path}`);
  }
  assertEquals(await Deno.readTextFile(secret), "secret");
  assertEquals(
    guest.calls.path_symlink!(...guest.put("d"), ROOT, ...guest.put("l", MORE)),
    Errno.PERM,
  );
  assertEquals(
    guest.calls.path_link!(
      ...[ROOT, 0, ...guest.put("d"), ROOT, ...guest.put("l", MORE)],
    ),
    Errno.PERM,
  );
  assertEquals(
    guest.calls.path_readlink!(ROOT, ...guest.put("link"), DATA, 100, OUT),
    Errno.PERM,
  );
  // A link is an entry that can be looked at and removed.
  assertEquals(
    guest.calls.path_filestat_get!(ROOT, 0, ...guest.put("link"), OUT),
    Errno.SUCCESS,
  );
  assertEquals(guest.view.getUint8(OUT + 16), 7);
  assertEquals(guest.path("path_unlink_file", "link"), Errno.SUCCESS);
});

test("pointers that lie are failures, and touch nothing", (guest) => {
  const fd = guest.fd("a", CREATE);
  const { calls } = guest;
  const list = (pointer: number, length: number) =>
    guest.list([[pointer, length]]);
  const bad = [END, END - 3, 0xffff_ffff, -1, -8];
  for (const pointer of bad) {
    const failures = [
      calls.fd_write!(fd, ...list(pointer, 100), OUT),
      calls.fd_write!(fd, pointer, 1, OUT),
      calls.fd_write!(1, ...list(pointer, 100), OUT),
      calls.fd_read!(fd, pointer, 1, OUT),
      calls.fd_pread!(fd, pointer, 1, 0n, OUT),
      calls.fd_prestat_get!(ROOT, pointer),
      calls.fd_prestat_dir_name!(ROOT, pointer, 100),
      calls.fd_fdstat_get!(fd, pointer),
      calls.fd_filestat_get!(fd, pointer),
      calls.fd_seek!(fd, 0n, 0, pointer),
      calls.fd_readdir!(ROOT, pointer, 100, 0n, OUT),
      calls.fd_readdir!(ROOT, DATA, 100, 0n, pointer),
      calls.path_open!(ROOT, 0, pointer, 4, CREATE, RIGHTS, 0n, 0, OUT),
      calls.path_open!(ROOT, 0, ...guest.put("b"), 1, RIGHTS, 0n, 0, pointer),
      calls.path_filestat_get!(ROOT, 0, ...guest.put("a"), pointer),
      calls.path_create_directory!(ROOT, pointer, 4),
      calls.random_get!(pointer, 100),
      calls.clock_time_get!(0, 0n, pointer),
      calls.clock_res_get!(0, pointer),
      calls.args_sizes_get!(pointer, pointer),
      calls.poll_oneoff!(pointer, DATA, 1, OUT),
      calls.poll_oneoff!(DATA, pointer, 1, OUT),
    ];
    assertEquals(failures, failures.map(() => Errno.FAULT), `${pointer}`);
  }
  assertEquals(calls.fd_write!(fd, 0, 0x2000_0000, OUT), Errno.INVAL);
  assertEquals(calls.poll_oneoff!(0, 0, -1, OUT), Errno.INVAL);
  assertEquals(calls.random_get!(0, -1), Errno.FAULT);
  assertEquals(guest.names(ROOT).sort(), [".", "..", "a"]);
});

test("descriptors that are none are failures", (guest) => {
  for (const fd of [99, -1, 0x7fff_ffff]) {
    for (const [name, call] of Object.entries(guest.calls)) {
      if (!name.startsWith("fd_")) continue;
      const args = name.includes("seek") || name.includes("set_size")
        ? [0n, 0, OUT]
        : [0, 0, 0n, OUT];
      assertEquals(call(fd, ...args), Errno.BADF, name);
    }
    assertEquals(
      guest.calls.path_create_directory!(fd, ...guest.put("x")),
      Errno.BADF,
    );
  }
  const file = guest.fd("a", CREATE);
  assertEquals(
    guest.calls.path_create_directory!(file, ...guest.put("x")),
    Errno.NOTDIR,
  );
  assertEquals(guest.calls.fd_renumber!(file, 99), Errno.BADF);
  assertEquals(guest.calls.fd_renumber!(file, 0), Errno.SUCCESS);
  assertEquals(guest.write(0, "x"), Errno.SUCCESS);
  assertEquals(guest.write(file, "x"), Errno.BADF);
});

test("descriptors run out before the system's do", (guest) => {
  guest.fd("a", CREATE);
  let opened = 0;
  while (guest.open("a") === Errno.SUCCESS) opened++;
  assertEquals(guest.open("a"), Errno.MFILE);
  assert(opened > 100 && opened < 300);
  guest.calls.fd_close!(10);
  assertEquals(guest.fd("a"), 10);
});

test("a directory holds so many bytes, wherever they are", (guest) => {
  const write = (name: string, bytes: number) => {
    const fd = guest.fd(name, CREATE);
    const buffer = guest.list([[DATA, bytes]]);
    const status = guest.calls.fd_write!(fd, ...buffer, OUT);
    guest.calls.fd_close!(fd);
    return status;
  };
  assertEquals(write("a", 20_000), Errno.SUCCESS);
  assertEquals(write("b", 20_000), Errno.DQUOT);
  assertEquals(write("b", 10_000), Errno.SUCCESS);
  // Written over, it takes no more.
  assertEquals(write("a", 20_000), Errno.SUCCESS);
  guest.fd("a", TRUNCATE);
  assertEquals(write("b", 20_000), Errno.SUCCESS);
  assertEquals(guest.path("path_unlink_file", "b"), Errno.SUCCESS);
  const fd = guest.fd("a");
  assertEquals(guest.calls.fd_filestat_set_size!(fd, 39_000n), Errno.DQUOT);
  assertEquals(guest.calls.fd_filestat_set_size!(fd, 30_000n), Errno.SUCCESS);
  assertEquals(guest.calls.fd_allocate!(fd, 0n, 39_000n), Errno.DQUOT);
  assertEquals(guest.calls.fd_allocate!(fd, 0n, 10n), Errno.SUCCESS);
  const far = guest.list([[DATA, 1]]);
  assertEquals(
    guest.calls.fd_pwrite!(fd, ...far, 2n ** 40n, OUT),
    Errno.FBIG,
  );
  assertEquals(guest.calls.fd_filestat_set_size!(fd, 2n ** 60n), Errno.INVAL);
}, { directoryBytes: 40_000 });

test("a file without a name counts for as long as it is open", (guest) => {
  const size = (fd: number, bytes: bigint) =>
    guest.calls.fd_filestat_set_size!(fd, bytes);
  const fd = guest.fd("a", CREATE);
  assertEquals(size(fd, 30_000n), Errno.SUCCESS);
  assertEquals(guest.path("path_unlink_file", "a"), Errno.SUCCESS);
  const other = guest.fd("b", CREATE);
  assertEquals(size(other, 30_000n), Errno.DQUOT);
  // One that becomes smaller when it has no name gives no more than that.
  assertEquals(size(fd, 10_000n), Errno.SUCCESS);
  assertEquals(size(other, 30_000n), Errno.DQUOT);
  assertEquals(size(other, 20_000n), Errno.SUCCESS);
  assertEquals(size(other, 0n), Errno.SUCCESS);
  // The last descriptor of it closes it, however that happens.
  const spare = guest.fd("b");
  assertEquals(guest.calls.fd_renumber!(spare, fd), Errno.SUCCESS);
  assertEquals(size(other, 30_000n), Errno.SUCCESS);
  // What is renamed over another file takes its name away.
  assertEquals(size(guest.fd("c", CREATE), 0n), Errno.SUCCESS);
  const [from, to] = [guest.put("c"), guest.put("b", MORE)];
  assertEquals(
    guest.calls.path_rename!(ROOT, ...from, ROOT, ...to),
    Errno.SUCCESS,
  );
  assertEquals(size(guest.fd("b"), 30_000n), Errno.DQUOT);
  guest.calls.fd_close!(fd);
  assertEquals(size(guest.fd("b"), 30_000n), Errno.DQUOT);
  guest.calls.fd_close!(other);
  assertEquals(size(guest.fd("b"), 30_000n), Errno.SUCCESS);
}, { directoryBytes: 40_000 });

test("what was there before is counted before it is removed", async (guest) => {
  await Deno.mkdir(guest.root, { recursive: true });
  await Deno.writeFile(join(guest.root, "old"), new Uint8Array(30_000));
  assertEquals(guest.path("path_unlink_file", "old"), Errno.SUCCESS);
  const fd = guest.fd("new", CREATE);
  const size = (bytes: bigint) => guest.calls.fd_filestat_set_size!(fd, bytes);
  assertEquals(size(36_000n), Errno.DQUOT);
  assertEquals(size(35_000n), Errno.SUCCESS);
}, { directoryBytes: 40_000 });

test("one call takes so much output, and says how much", (guest) => {
  const count = 30;
  for (let i = 0; i < count; i++) {
    guest.view.setUint32(TEXT + i * 8, DATA, true);
    guest.view.setUint32(TEXT + i * 8 + 4, 40_000, true);
  }
  const write = (buffers: number) =>
    guest.calls.fd_write!(1, TEXT, buffers, OUT);
  assertEquals(write(2), Errno.SUCCESS);
  assertEquals(guest.u32(), 80_000);
  assertEquals(write(count), Errno.SUCCESS);
  assertEquals(guest.u32(), 1024 * 1024);
});

test(
  "a directory holds so many entries, and knows those that were there",
  async (guest) => {
    await Deno.mkdir(join(guest.root, "old"), { recursive: true });
    await Deno.writeTextFile(join(guest.root, "old", "a"), "");
    assertEquals(guest.open("b", CREATE), Errno.SUCCESS);
    assertEquals(guest.open("c", CREATE), Errno.DQUOT);
    assertEquals(guest.path("path_create_directory", "c"), Errno.DQUOT);
    assertEquals(guest.open("b", CREATE), Errno.SUCCESS);
    // What cannot be made does not count.
    guest.path("path_unlink_file", "b");
    assertEquals(guest.open("no/c", CREATE), Errno.NOENT);
    assertEquals(guest.open("n".repeat(300), CREATE), Errno.NAMETOOLONG);
    assertEquals(guest.path("path_create_directory", "c"), Errno.SUCCESS);
  },
  { directoryEntries: 3 },
);

test("output becomes lines, and has no place", (guest) => {
  assertEquals(guest.write(1, "one\ntwo"), Errno.SUCCESS);
  assertEquals(guest.write(2, "three\n"), Errno.SUCCESS);
  guest.host.flush();
  assertEquals(
    guest.lines.map(({ stream, text }) => `${stream} ${text}`),
    ["stdout one", "stderr three", "stdout two"],
  );
  assertEquals(guest.calls.fd_seek!(1, 0n, 0, OUT), Errno.SPIPE);
});

test("there are no arguments and no environment", (guest) => {
  guest.view.setBigInt64(OUT, -1n, true);
  assertEquals(guest.calls.args_sizes_get!(OUT, OUT + 4), Errno.SUCCESS);
  assertEquals(guest.u64(), 0n);
  guest.view.setBigInt64(OUT, -1n, true);
  assertEquals(guest.calls.environ_sizes_get!(OUT, OUT + 4), Errno.SUCCESS);
  assertEquals(guest.u64(), 0n);
});

test("clocks tell the time, and a wait is as long as was asked", (guest) => {
  const time = (id: number) => {
    assertEquals(guest.calls.clock_time_get!(id, 0n, OUT), Errno.SUCCESS);
    return guest.u64();
  };
  assertEquals(time(0), 1_700_000_000_000_000_000n);
  assertEquals(time(1), 1_000_000_000n);
  assertEquals(guest.calls.clock_time_get!(4, 0n, OUT), Errno.INVAL);
  const subscribe = (i: number, type: number, ns: bigint, absolute = 0) => {
    const at = LIST + i * 48;
    guest.view.setBigUint64(at, BigInt(i + 7), true);
    guest.view.setUint8(at + 8, type);
    guest.view.setUint32(at + 16, 1, true);
    guest.view.setBigUint64(at + 24, ns, true);
    guest.view.setUint16(at + 40, absolute, true);
  };
  subscribe(0, 0, 5_000_000n);
  subscribe(1, 0, 90_000_000n);
  assertEquals(guest.calls.poll_oneoff!(LIST, DATA, 2, OUT), Errno.SUCCESS);
  assertEquals(guest.u32(), 1);
  assertEquals(guest.u64(DATA), 7n);
  assertEquals(time(1), 1_005_000_000n);
  // What is over already is not waited for.
  subscribe(0, 0, 1_000_000n, 1);
  guest.calls.poll_oneoff!(LIST, DATA, 1, OUT);
  assertEquals(time(1), 1_005_000_000n);
  // A descriptor is always ready.
  subscribe(1, 2, 0n);
  subscribe(0, 0, 5_000_000n);
  guest.calls.poll_oneoff!(LIST, DATA, 2, OUT);
  assertEquals([guest.u32(), guest.u64(DATA)], [1, 8n]);
  assertEquals(time(1), 1_005_000_000n);
});

test("random numbers fill what they are asked to fill", (guest) => {
  const bytes = new Uint8Array(guest.view.buffer);
  bytes.fill(0);
  assertEquals(guest.calls.random_get!(0, END), Errno.SUCCESS);
  assert(bytes.filter((byte) => byte !== 0).length > END / 2);
});

test("a program ends by an exception that carries its status", (guest) => {
  const error = assertThrows(() => guest.calls.proc_exit!(3), ProcessExit);
  assertEquals(error.code, 3);
});

test("what is not there says so", (guest) => {
  for (const name of ["sock_accept", "sock_recv", "sock_send", "proc_raise"]) {
    assertEquals(guest.calls[name]!(3, 0, 0, 0, 0, 0), Errno.NOSYS);
  }
});

Deno.test("a module without a directory has no descriptor for one", () => {
  const host = createWasiHost({
    name: "notes",
    onLog: () => {},
    clock: { now: () => 0 },
  });
  host.attach(new WebAssembly.Memory({ initial: 1 }));
  const calls = host.imports as unknown as Calls;
  assertEquals(calls.fd_prestat_get!(ROOT, OUT), Errno.BADF);
  assertEquals(
    calls.path_open!(ROOT, 0, 0, 1, CREATE, RIGHTS, 0n, 0, OUT),
    Errno.BADF,
  );
});
