import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import {
  pauses,
  type Piece,
  type ResponseAnswer,
  type Script,
  type Step,
} from "../http/fakes_test.ts";
import { NetworkError } from "../http/mod.ts";
import type { Repository } from "./client.ts";
import { downloadBlob, type DownloadBlobOptions } from "./download.ts";
import { AT, describe, playRepository } from "./fakes_test.ts";

const CONTENT = "0123456789";
const BLOB = await describe(CONTENT);
const GET = `GET ${AT}/blobs/${BLOB.digest}`;
const RESET = new TypeError("connection reset");

/** A sink that keeps text, and says how often it had to forget it. */
class TextSink {
  text = "";
  restarts = 0;
  write(chunk: Uint8Array): void {
    this.text += new TextDecoder().decode(chunk);
  }
  restart(): void {
    this.text = "";
    this.restarts++;
  }
}

async function download(
  repository: Repository,
  script: Script,
  options: Partial<DownloadBlobOptions> = {},
): Promise<TextSink> {
  const sink = new TextSink();
  sink.text = CONTENT.slice(0, options.offset ?? 0);
  const { clock } = script;
  await downloadBlob(repository, BLOB, { sink, clock, ...options });
  return sink;
}

const rest = (at: number, ...more: Piece[]): ResponseAnswer => ({
  status: 206,
  headers: { "content-range": `bytes ${at}-9/10` },
  body: more.length > 0 ? more : CONTENT.slice(at),
});

Deno.test("a blob arrives whole, and its progress is told", () =>
  playRepository([
    [GET, { body: ["0123", "456789"] }],
  ], async (repository, script) => {
    const progress: number[] = [];
    const onProgress = (received: number) => progress.push(received);
    const sink = await download(repository, script, { onProgress });
    assertEquals(sink.text, CONTENT);
    assertEquals(progress, [4, 10]);
  }));

Deno.test("an interrupted blob goes on where it stopped", () =>
  playRepository([
    [GET, { body: ["0123", RESET] }],
    [GET, rest(4)],
  ], async (repository, script) => {
    const sink = await download(repository, script);
    assertEquals([sink.text, sink.restarts], [CONTENT, 0]);
    assertEquals(script.headers("range"), [null, "bytes=4-"]);
    assertEquals(pauses(script.clock), [500]);
  }));

Deno.test("a blob that ends early without an error goes on too", () =>
  playRepository([
    [GET, { body: "012" }],
    [GET, rest(3)],
  ], async (repository, script) => {
    assertEquals((await download(repository, script)).text, CONTENT);
  }));

Deno.test("a blob that stalls goes on", () =>
  playRepository([
    [GET, { body: ["01", "hang"] }],
    [GET, rest(2)],
  ], async (repository, script) => {
    assertEquals((await download(repository, script)).text, CONTENT);
  }));

Deno.test("a partial from an earlier run is continued", () =>
  playRepository([[GET, rest(6)]], async (repository, script) => {
    const sink = await download(repository, script, { offset: 6 });
    assertEquals([sink.text, sink.restarts], [CONTENT, 0]);
  }));

Deno.test("a partial that is complete already needs no request", () =>
  playRepository([], async (repository, script) => {
    const sink = await download(repository, script, { offset: 10 });
    assertEquals(sink.text, CONTENT);
  }));

Deno.test("a partial that is too long is thrown away", () =>
  playRepository([[GET, { body: CONTENT }]], async (repository, script) => {
    const sink = await download(repository, script, { offset: 11 });
    assertEquals([sink.text, sink.restarts], [CONTENT, 1]);
  }));

Deno.test("where the registry cannot go on, the blob starts again", async (t) => {
  const tables: readonly [string, Step[]][] = [
    ["Range ignored", [[GET, { body: CONTENT }]]],
    ["Range not satisfiable", [
      [GET, { status: 416 }],
      [GET, { body: CONTENT }],
    ]],
    ["wrong part", [
      [GET, { ...rest(4), headers: { "content-range": "bytes 0-5/10" } }],
      [GET, { body: CONTENT }],
    ]],
  ];
  for (const [name, steps] of tables) {
    await t.step(name, () =>
      playRepository([
        [GET, { body: ["0123", RESET] }],
        ...steps,
      ], async (repository, script) => {
        const sink = await download(repository, script);
        assertEquals([sink.text, sink.restarts], [CONTENT, 1]);
      }));
  }
});

Deno.test("a token that ends in mid-blob is replaced, and the blob goes on", () => {
  const BEARER: ResponseAnswer = {
    status: 401,
    headers: {
      "www-authenticate": 'Bearer realm="https://auth.example/token"',
    },
  };
  const token = (value: string): Step => [
    "GET https://auth.example/token?scope=repository%3Aacme%2Fnotes%3Apull",
    { body: JSON.stringify({ token: value, expires_in: 300 }) },
  ];
  return playRepository([
    [GET, BEARER],
    token("t1"),
    [GET, { body: ["0123", RESET] }],
    [GET, BEARER],
    token("t2"),
    [GET, rest(4)],
  ], async (repository, script) => {
    assertEquals((await download(repository, script)).text, CONTENT);
    assertEquals(script.headers("authorization").at(-1), "Bearer t2");
    assertEquals(script.headers("range").at(-1), "bytes=4-");
  });
});

Deno.test("a link into a storage that has expired is asked for anew", () =>
  playRepository([
    [GET, { status: 307, headers: { location: "https://s3.example/x?sig=1" } }],
    ["GET https://s3.example/x?sig=1", { body: ["01", RESET] }],
    [GET, { status: 307, headers: { location: "https://s3.example/x?sig=2" } }],
    ["GET https://s3.example/x?sig=2", rest(2)],
  ], async (repository, script) => {
    assertEquals((await download(repository, script)).text, CONTENT);
  }));

Deno.test("three interruptions in a row without a byte end a download", () =>
  playRepository([
    [GET, { body: ["01", RESET] }],
    [GET, rest(2, RESET)],
    [GET, rest(2, RESET)],
  ], async (repository, script) => {
    const error = await assertRejects(
      () => download(repository, script),
      NetworkError,
    );
    assertEquals(error.code, "NETWORK_FAILED");
    assertEquals(error.reason, "reset");
  }));

Deno.test("a download that starts again and again and gets no further ends", () =>
  playRepository([
    [GET, { body: ["01234567", RESET] }],
    [GET, { body: ["012", RESET] }],
    [GET, { body: ["01234567", RESET] }],
  ], async (repository, script) => {
    const error = await assertRejects(
      () => download(repository, script),
      NetworkError,
    );
    assertEquals(error.reason, "reset");
  }));

Deno.test("a download that moves a little each time is not given up", () =>
  playRepository(
    Array.from({ length: 10 }, (_, at): Step => [
      GET,
      at === 0
        ? { body: ["0", RESET] }
        : rest(at, CONTENT.charAt(at), ...(at < 9 ? [RESET] : [])),
    ]),
    async (repository, script) => {
      assertEquals((await download(repository, script)).text, CONTENT);
    },
  ));

Deno.test("a download that ends early for ever says how far it came", () =>
  playRepository([
    [GET, { body: "0123" }],
    [GET, rest(4, "")],
    [GET, rest(4, "")],
  ], async (repository, script) => {
    const error = await assertRejects(
      () => download(repository, script),
      NetworkError,
    );
    assertEquals(
      error.message,
      "Failed to reach r.example: the transfer ended after 4 of 10 bytes",
    );
  }));

Deno.test("more bytes than promised end a download at once", () =>
  playRepository([
    [GET, { body: ["01234", "56789x", "more"] }],
  ], async (repository, script) => {
    const error = await assertRejects(
      () => download(repository, script),
      ForgeError,
    );
    assertEquals(error.code, "SIZE_MISMATCH");
  }));

Deno.test("what the sink throws is given on, and nothing is tried again", () =>
  playRepository([[GET, { body: CONTENT }]], async (repository, script) => {
    const full = Object.assign(new Error("disk full"), { code: "ENOSPC" });
    const sink = {
      write: () => Promise.reject(full),
      restart: () => {},
    };
    assertEquals(
      await assertRejects(() => download(repository, script, { sink })),
      full,
    );
  }));

Deno.test("an abort stops a download with its own reason", () =>
  playRepository([
    [GET, { body: ["0123", "hang"] }],
  ], async (repository, script) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = () => controller.abort(reason);
    const { signal } = controller;
    const stopped = await assertRejects(() =>
      download(repository, script, { signal, onProgress })
    );
    assertEquals(stopped, reason);
  }));
