import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import type { Recorded, ResponseAnswer, Step } from "../http/fakes_test.ts";
import { NetworkDeniedError } from "../http/mod.ts";
import { RegistryError } from "./errors.ts";
import {
  AT,
  describe,
  knows,
  LAYER,
  MANIFEST,
  playRepository,
  utf8,
} from "./fakes_test.ts";

const CONTENT = "0123456789";
const BLOB = await describe(CONTENT);
const BYTES = utf8(CONTENT);
const HEAD: Step = [`HEAD ${AT}/blobs/${BLOB.digest}`, { status: 404 }];
const POST = `POST ${AT}/blobs/uploads/`;
const DIGEST = `digest=${encodeURIComponent(BLOB.digest)}`;
const RESET = new TypeError("connection reset");

const started = (location: string, more = {}): ResponseAnswer => ({
  status: 202,
  headers: { location, ...more },
});
const accepted = (location: string, range: string): ResponseAnswer => ({
  status: 202,
  headers: { location, range },
});

Deno.test("a blob that is there already is not sent", () =>
  playRepository([
    [`HEAD ${AT}/blobs/${BLOB.digest}`, { status: 200 }],
  ], async (repository) => {
    assertEquals(await repository.pushBlob(BLOB, BYTES), "present");
  }));

Deno.test("a blob is sent at once, to the place that the registry names", async (t) => {
  const table: readonly [location: string, put: string][] = [
    ["/up/1", `https://r.example/up/1?${DIGEST}`],
    [
      "https://r.example/up/1?_state=a%3Db+c",
      `https://r.example/up/1?_state=a%3Db+c&${DIGEST}`,
    ],
    ["1", `${AT}/blobs/uploads/1?${DIGEST}`],
  ];
  for (const [location, put] of table) {
    await t.step(location, () =>
      playRepository([
        HEAD,
        [POST, started(location)],
        [`PUT ${put}`, { status: 201 }],
      ], async (repository, script) => {
        assertEquals(await repository.pushBlob(BLOB, BYTES), "uploaded");
        assertEquals(script.requests[2]?.body, CONTENT);
        assertEquals(
          script.headers("content-type")[2],
          "application/octet-stream",
        );
      }));
  }
});

const AUTHORIZED = {
  credentials: knows({
    credential: { username: "me", password: "secret", source: "the test" },
  }),
};
const BASIC: ResponseAnswer = {
  status: 401,
  headers: { "www-authenticate": 'Basic realm="r"' },
};

Deno.test("an upload on another host gets the bytes and no credentials", () =>
  playRepository([
    [HEAD[0], BASIC],
    HEAD,
    [POST, started("https://store.example/up/1?sig=1")],
    [`PUT https://store.example/up/1?sig=1&${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    await repository.pushBlob(BLOB, BYTES);
    assertEquals(
      script.headers("authorization").map((value) => value !== null),
      [
        false,
        true,
        true,
        false,
      ],
    );
  }, AUTHORIZED));

Deno.test("a place for uploads that is plain or private is refused", async (t) => {
  const places = ["http://r.example/up/1", "https://169.254.169.254/up/1"];
  for (const place of places) {
    await t.step(
      place,
      () =>
        playRepository([HEAD, [POST, started(place)]], async (repository) => {
          const error = await assertRejects(
            () => repository.pushBlob(BLOB, BYTES),
            NetworkDeniedError,
          );
          assertEquals(error.purpose, "upload location");
        }),
    );
  }
});

Deno.test("an upload without a place is not the protocol", () =>
  playRepository([HEAD, [POST, { status: 202 }]], async (repository) => {
    const error = await assertRejects(
      () => repository.pushBlob(BLOB, BYTES),
      ForgeError,
    );
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

Deno.test("a blob is mounted where the registry can", () =>
  playRepository([
    HEAD,
    [
      `${POST}?mount=${encodeURIComponent(BLOB.digest)}&from=acme%2Fbase`,
      { status: 201 },
    ],
  ], async (repository) => {
    const options = { mountFrom: "acme/base" };
    assertEquals(await repository.pushBlob(BLOB, BYTES, options), "mounted");
  }));

const REALM = "https://r.example/token";
const PUSH_SCOPE = encodeURIComponent("repository:acme/notes:pull,push");
const PULL_SCOPE = encodeURIComponent("repository:acme/base:pull");
/** A registry with Bearer is asked whether it has the blob. */
const FIRST_TOKEN: readonly Step[] = [
  [HEAD[0], {
    status: 401,
    headers: { "www-authenticate": `Bearer realm="${REALM}"` },
  }],
  [`GET ${REALM}?scope=${PUSH_SCOPE}`, { body: '{"token":"one"}' }],
  HEAD,
];
const SECOND_TOKEN = `GET ${REALM}?scope=${PUSH_SCOPE}&scope=${PULL_SCOPE}`;

Deno.test("mounting asks for a token that lets the other repository be read", () => {
  return playRepository([
    ...FIRST_TOKEN,
    [SECOND_TOKEN, { body: '{"token":"both"}' }],
    [
      `${POST}?mount=${encodeURIComponent(BLOB.digest)}&from=acme%2Fbase`,
      { status: 201 },
    ],
  ], async (repository, script) => {
    const options = { mountFrom: "acme/base" };
    assertEquals(await repository.pushBlob(BLOB, BYTES, options), "mounted");
    assertEquals(script.headers("authorization").at(-1), "Bearer both");
  });
});

Deno.test("a mount for which there is no token is an upload", () => {
  return playRepository([
    ...FIRST_TOKEN,
    [SECOND_TOKEN, { status: 403 }],
    [POST, started("/up/1")],
    [`PUT https://r.example/up/1?${DIGEST}`, { status: 201 }],
  ], async (repository) => {
    const options = { mountFrom: "acme/base" };
    assertEquals(await repository.pushBlob(BLOB, BYTES, options), "uploaded");
  });
});

Deno.test("a mount that does not work is an upload", async (t) => {
  const mount = `${POST}?mount=${
    encodeURIComponent(BLOB.digest)
  }&from=acme%2Fbase`;
  const tables: readonly [string, Step[]][] = [
    ["not mounted", [[mount, started("/up/1")]]],
    ["refused", [[mount, { status: 403 }], [POST, started("/up/1")]]],
    ["not known", [[mount, { status: 404 }], [POST, started("/up/1")]]],
  ];
  for (const [name, steps] of tables) {
    await t.step(name, () =>
      playRepository([
        HEAD,
        ...steps,
        [`PUT https://r.example/up/1?${DIGEST}`, { status: 201 }],
      ], async (repository) => {
        const options = { mountFrom: "acme/base" };
        const outcome = await repository.pushBlob(BLOB, BYTES, options);
        assertEquals(outcome, "uploaded");
      }));
  }
});

const ranges = (script: { requests: Recorded[] }) =>
  script.requests.filter(({ request }) => request.startsWith("PATCH"))
    .map(({ headers, body }) => [headers.get("content-range"), body]);

Deno.test("a blob that is not taken at once is sent in chunks", () =>
  playRepository([
    HEAD,
    [POST, started("/up/1")],
    [`PUT https://r.example/up/1?${DIGEST}`, { status: 413 }],
    [POST, started("/up/2")],
    ["PATCH https://r.example/up/2", accepted("/up/3", "0-3")],
    ["PATCH https://r.example/up/3", accepted("/up/4", "0-7")],
    ["PATCH https://r.example/up/4", accepted("/up/5", "0-9")],
    [`PUT https://r.example/up/5?${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    const progress: number[] = [];
    const outcome = await repository.pushBlob(BLOB, BYTES, {
      chunkBytes: 4,
      onProgress: (sent) => progress.push(sent),
    });
    assertEquals(outcome, "uploaded");
    assertEquals(ranges(script), [["0-3", "0123"], ["4-7", "4567"], [
      "8-9",
      "89",
    ]]);
    assertEquals(progress, [0, 4, 8, 10]);
  }));

const STREAMED = { minStreamedBytes: 4 };

Deno.test("a blob that takes a while is streamed, and can be seen to move", () =>
  playRepository([
    HEAD,
    [POST, started("/up/1")],
    ["PATCH https://r.example/up/1", { ...accepted("/up/2", "0-9") }],
    [`PUT https://r.example/up/2?${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    const progress: number[] = [];
    const outcome = await repository.pushBlob(BLOB, BYTES, {
      ...STREAMED,
      onProgress: (sent) => progress.push(sent),
    });
    assertEquals(outcome, "uploaded");
    assertEquals(ranges(script), [[null, CONTENT]]);
    assertEquals(script.requests.at(-1)?.body, "");
    assertEquals(progress, [0, 0, 10]);
  }));

Deno.test("a stream that breaks off goes on from where the registry is", () =>
  playRepository([
    HEAD,
    [POST, started("/up/1")],
    ["PATCH https://r.example/up/1", RESET],
    ["GET https://r.example/up/1", {
      status: 204,
      headers: { location: "/up/2", range: "0-2" },
    }],
    ["PATCH https://r.example/up/2", accepted("/up/3", "0-9")],
    [`PUT https://r.example/up/3?${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    await repository.pushBlob(BLOB, BYTES, STREAMED);
    assertEquals(ranges(script).at(-1), ["3-9", "3456789"]);
  }));

Deno.test("a stream that is refused, or forgotten, is sent at once, then in chunks", async (t) => {
  const tables: readonly [string, Step[]][] = [
    ["refused", [
      ["PATCH https://r.example/up/1", { status: 411 }],
    ]],
    ["broken off and forgotten", [
      ["PATCH https://r.example/up/1", RESET],
      ["GET https://r.example/up/1", { status: 404 }],
    ]],
  ];
  for (const [name, steps] of tables) {
    await t.step(name, () =>
      playRepository([
        HEAD,
        [POST, started("/up/1")],
        ...steps,
        [POST, started("/up/2")],
        [`PUT https://r.example/up/2?${DIGEST}`, { status: 413 }],
        [POST, started("/up/3")],
        ["PATCH https://r.example/up/3", accepted("/up/3", "0-9")],
        [`PUT https://r.example/up/3?${DIGEST}`, { status: 201 }],
      ], async (repository, script) => {
        await repository.pushBlob(BLOB, BYTES, STREAMED);
        assertEquals(ranges(script).at(-1), ["0-9", CONTENT]);
      }));
  }
});

Deno.test("a stream that is refused for credentials is not tried otherwise", () =>
  playRepository([
    HEAD,
    [POST, started("/up/1")],
    ["PATCH https://r.example/up/1", { status: 403 }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.pushBlob(BLOB, BYTES, STREAMED),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_AUTH");
  }));

const IN_CHUNKS: readonly Step[] = [
  HEAD,
  [POST, started("/up/1")],
  [`PUT https://r.example/up/1?${DIGEST}`, { status: 413 }],
  [POST, started("/up/2")],
];

Deno.test("bytes that the registry lost are sent again", () =>
  playRepository([
    ...IN_CHUNKS,
    ["PATCH https://r.example/up/2", accepted("/up/2", "0-5")],
    ["PATCH https://r.example/up/2", accepted("/up/2", "0-7")],
    ["PATCH https://r.example/up/2", accepted("/up/2", "0-9")],
    [`PUT https://r.example/up/2?${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    await repository.pushBlob(BLOB, BYTES, { chunkBytes: 8 });
    assertEquals(ranges(script), [
      ["0-7", "01234567"],
      ["6-9", "6789"],
      ["8-9", "89"],
    ]);
  }));

Deno.test("after a break the registry is asked how far it got", () =>
  playRepository([
    ...IN_CHUNKS,
    ["PATCH https://r.example/up/2", RESET],
    ["GET https://r.example/up/2", {
      status: 204,
      headers: { range: "0-2" },
    }],
    ["PATCH https://r.example/up/2", accepted("/up/2", "0-9")],
    [`PUT https://r.example/up/2?${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    await repository.pushBlob(BLOB, BYTES);
    assertEquals(ranges(script).at(-1), ["3-9", "3456789"]);
  }));

Deno.test("a registry that does not get on is given up", () =>
  playRepository([
    ...IN_CHUNKS,
    ...Array.from({ length: 3 }, (): Step[] => [
      ["PATCH https://r.example/up/2", { status: 502 }],
      ["GET https://r.example/up/2", { status: 204 }],
    ]).flat(),
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.pushBlob(BLOB, BYTES),
      ForgeError,
    );
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

Deno.test("a registry that gets on and loses it again, each time, is given up", () =>
  playRepository([
    ...IN_CHUNKS,
    ...Array.from({ length: 2 }, (): Step[] => [
      ["PATCH https://r.example/up/2", accepted("/up/2", "0-1")],
      ["PATCH https://r.example/up/2", { status: 502 }],
      ["GET https://r.example/up/2", { status: 204 }],
    ]).flat(),
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.pushBlob(BLOB, BYTES),
      ForgeError,
    );
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

Deno.test("a registry that claims more than it was sent is given up", () =>
  playRepository([
    ...IN_CHUNKS,
    ["PATCH https://r.example/up/2", accepted("/up/2", "0-999")],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.pushBlob(BLOB, BYTES),
      ForgeError,
    );
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

Deno.test("chunks are at least as large as the registry wants them", () =>
  playRepository([
    HEAD,
    [POST, started("/up/1")],
    [`PUT https://r.example/up/1?${DIGEST}`, { status: 413 }],
    [POST, started("/up/2", { "oci-chunk-min-length": "6" })],
    ["PATCH https://r.example/up/2", accepted("/up/2", "0-5")],
    ["PATCH https://r.example/up/2", accepted("/up/2", "0-9")],
    [`PUT https://r.example/up/2?${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    await repository.pushBlob(BLOB, BYTES, { chunkBytes: 2 });
    assertEquals(ranges(script).map(([range]) => range), ["0-5", "6-9"]);
  }));

Deno.test("a registry that wants chunks of a petabyte does not get the memory for one", () => {
  const large = 40 * 1024 * 1024;
  const zeros = new Uint8Array(large);
  const source = async function* (offset: number) {
    yield zeros.subarray(offset);
  };
  return playRepository([
    HEAD,
    [POST, started("/up/1", { "oci-chunk-min-length": "1125899906842624" })],
    [
      "PATCH https://r.example/up/1",
      accepted("/up/1", `0-${32 * 1024 * 1024 - 1}`),
    ],
    ["PATCH https://r.example/up/1", accepted("/up/1", `0-${large - 1}`)],
    [`PUT https://r.example/up/1?${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    const outcome = await repository.pushBlob({ ...BLOB, size: large }, source);
    assertEquals(outcome, "uploaded");
    assertEquals(ranges(script).length, 2);
  });
});

Deno.test("a blob that is read piece by piece is sent whole", () =>
  playRepository([
    HEAD,
    [POST, started("/up/1")],
    [`PUT https://r.example/up/1?${DIGEST}`, { status: 201 }],
  ], async (repository, script) => {
    const source = async function* (offset: number) {
      for (const piece of ["012", "", "3456", "789"]) yield utf8(piece);
      assertEquals(offset, 0);
    };
    await repository.pushBlob(BLOB, source);
    assertEquals(script.requests.at(-1)?.body, CONTENT);
  }));

Deno.test("an upload that is refused for credentials is not tried in chunks", () =>
  playRepository([
    HEAD,
    [POST, started("/up/1")],
    [`PUT https://r.example/up/1?${DIGEST}`, { status: 403 }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.pushBlob(BLOB, BYTES),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_AUTH");
  }));

Deno.test("a registry that stored something else is found out", () =>
  playRepository([
    HEAD,
    [POST, started("/up/1")],
    [`PUT https://r.example/up/1?${DIGEST}`, {
      status: 201,
      headers: { "docker-content-digest": LAYER.digest },
    }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.pushBlob(BLOB, BYTES),
      ForgeError,
    );
    assertEquals(error.code, "DIGEST_MISMATCH");
  }));

Deno.test("pushing asks for one token, with the right to push", () => {
  const challenge: ResponseAnswer = {
    status: 401,
    headers: {
      "www-authenticate": 'Bearer realm="https://auth.example/token"',
    },
  };
  return playRepository([
    [HEAD[0], challenge],
    [
      "GET https://auth.example/token?scope=repository%3Aacme%2Fnotes%3Apull%2Cpush",
      { body: '{"token": "t1"}' },
    ],
    HEAD,
    [POST, started("/up/1")],
    [`PUT https://r.example/up/1?${DIGEST}`, { status: 201 }],
    [`PUT ${AT}/manifests/v1`, { status: 201 }],
  ], async (repository, script) => {
    await repository.pushBlob(BLOB, BYTES);
    await repository.pushManifest("v1", utf8(MANIFEST));
    const sent = script.headers("authorization").slice(2);
    assertEquals(sent, ["Bearer t1", "Bearer t1", "Bearer t1", "Bearer t1"]);
  });
});
