import { assert, assertEquals } from "@std/assert";
import { chainCredentials } from "./credential_chain.ts";
import { environmentCredentials } from "./environment_credentials.ts";
import { loginFileCredentials } from "./login_file.ts";
import { loginPaths } from "./login_paths.ts";
import type { CredentialHelperRunner } from "./credential_helper.ts";
import type { CredentialLookup, CredentialSource } from "./credentials.ts";
import { utf8 } from "./fakes_test.ts";

const HUB = "https://index.docker.io/v1/";
const SECRET = "s3cr3t";
const ME = btoa(`me:${SECRET}`);

/** A login file, the helpers behind it, and what it warned of. */
function loginFile(
  content: unknown,
  runHelper?: CredentialHelperRunner,
): CredentialSource & { readonly warnings: string[] } {
  const warnings: string[] = [];
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const source = loginFileCredentials("/home/me/.docker/config.json", {
    files: { read: () => Promise.resolve(utf8(text)) },
    runHelper,
    onWarning: (registry, message) => warnings.push(`${registry}: ${message}`),
  });
  return { ...source, warnings };
}

const FILE = '"/home/me/.docker/config.json"';
const password = (username: string, secret: string, source = FILE) => ({
  credential: { username, password: secret, source },
});

Deno.test("credentials in the environment count when both variables are named and set", async (t) => {
  const auth = { "GHCR.io": { usernameEnv: "U", tokenEnv: "T" } };
  const table: readonly [string, Record<string, string>, CredentialLookup][] = [
    [
      "both set",
      { U: "me", T: SECRET },
      password("me", SECRET, "environment variables U and T"),
    ],
    ["one not set", { U: "me" }, { missing: ["T"] }],
    ["one empty", { U: "", T: SECRET }, { missing: ["U"] }],
    ["none set", {}, { missing: ["U", "T"] }],
  ];
  for (const [name, env, expected] of table) {
    await t.step(name, async () => {
      const source = environmentCredentials({
        variables: auth,
        env: (key) => env[key],
      });
      assertEquals(await source.get("ghcr.io"), expected);
      assertEquals(await source.get("other.example"), {});
    });
  }
});

Deno.test("a variable that is not named at all makes nothing of the other", async () => {
  const source = environmentCredentials({
    variables: { "r.example": { usernameEnv: "U" } },
    env: () => "set",
  });
  assertEquals(await source.get("r.example"), { missing: [] });
});

Deno.test("Docker Hub is found under each of its names", async () => {
  for (const name of ["docker.io", "index.docker.io", "registry-1.docker.io"]) {
    const source = environmentCredentials({
      variables: { [name]: { usernameEnv: "U", tokenEnv: "T" } },
      env: (key) => key,
    });
    const { credential } = await source.get("docker.io");
    assertEquals(credential?.source, "environment variables U and T");
  }
});

Deno.test("logins are read in all the forms that they are written in", async (t) => {
  const table: readonly [string, unknown, string, CredentialLookup][] = [
    [
      "base64 of both",
      { auths: { "ghcr.io": { auth: ME } } },
      "ghcr.io",
      password("me", SECRET),
    ],
    [
      "both in plain words",
      { auths: { "ghcr.io": { username: "me", password: SECRET } } },
      "ghcr.io",
      password("me", SECRET),
    ],
    [
      "an identity token",
      { auths: { "x.azurecr.io": { auth: ME, identitytoken: SECRET } } },
      "x.azurecr.io",
      { credential: { identityToken: SECRET, source: FILE } },
    ],
    [
      "an identity token under its user name",
      { auths: { "r.example": { auth: btoa(`<token>:${SECRET}`) } } },
      "r.example",
      { credential: { identityToken: SECRET, source: FILE } },
    ],
    [
      "Docker Hub under its old URL",
      { auths: { [HUB]: { auth: ME } } },
      "docker.io",
      password("me", SECRET),
    ],
    [
      "podman's Docker Hub",
      { auths: { "docker.io": { auth: ME } } },
      "docker.io",
      password("me", SECRET),
    ],
    [
      "a URL for a key",
      { auths: { "https://r.example/v1/": { auth: ME } } },
      "r.example",
      password("me", SECRET),
    ],
    [
      "a port",
      { auths: { "localhost:5000": { auth: ME } } },
      "localhost:5000",
      password("me", SECRET),
    ],
    [
      "a colon in the password",
      { auths: { "r.example": { auth: btoa("me:a:b") } } },
      "r.example",
      password("me", "a:b"),
    ],
    ["nobody", { auths: { "r.example": {} } }, "r.example", {}],
    ["another registry", { auths: { "r.example": { auth: ME } } }, "x.io", {}],
    [
      "another port",
      { auths: { "r.example:1": { auth: ME } } },
      "r.example",
      {},
    ],
    [
      "odd types",
      { auths: { "r.example": 5 }, credsStore: 7 },
      "r.example",
      {},
    ],
    ["odd auths", { auths: [] }, "r.example", {}],
    ["an empty file", "", "r.example", {}],
  ];
  for (const [name, content, registry, expected] of table) {
    await t.step(name, async () => {
      const source = loginFile(content);
      assertEquals(await source.get(registry), expected);
      assertEquals(source.warnings, []);
    });
  }
});

Deno.test("a helper is asked before the file, the registry's own before the general one", async () => {
  const asked: string[] = [];
  const source = loginFile({
    auths: { "r.example": {}, "ghcr.io": {}, [HUB]: {} },
    credHelpers: { "ghcr.io": "gh" },
    credsStore: "desktop",
  }, (name, server) => {
    asked.push(`${name} ${server}`);
    const stdout = JSON.stringify({ Username: name, Secret: SECRET });
    return Promise.resolve({ code: 0, stdout });
  });
  assertEquals(
    await source.get("ghcr.io"),
    password("gh", SECRET, "credential helper docker-credential-gh"),
  );
  assertEquals(
    (await source.get("docker.io")).credential?.source,
    "credential helper docker-credential-desktop",
  );
  assertEquals(asked, ["gh ghcr.io", `desktop ${HUB}`]);
});

Deno.test("a helper's user name <token> means an identity token", async () => {
  const stdout = JSON.stringify({ Username: "<token>", Secret: SECRET });
  const source = loginFile(
    { credsStore: "x" },
    () => Promise.resolve({ code: 0, stdout }),
  );
  assertEquals(await source.get("r.example"), {
    credential: {
      identityToken: SECRET,
      source: "credential helper docker-credential-x",
    },
  });
});

Deno.test("a helper that does not know the registry is no trouble, and the file is asked", async () => {
  const source = loginFile(
    { auths: { "r.example": { auth: ME } }, credsStore: "x" },
    () =>
      Promise.resolve({
        code: 1,
        stdout: "credentials not found in native keychain\n",
      }),
  );
  assertEquals(await source.get("r.example"), password("me", SECRET));
  assertEquals(source.warnings, []);
});

Deno.test("a helper that does not work warns, keeps the secret, and knows nobody", async (t) => {
  const enoent = Object.assign(new Error("spawn"), { code: "ENOENT" });
  const table: readonly [CredentialHelperRunner | undefined, string][] = [
    [() => Promise.reject(enoent), "is not installed"],
    [() => Promise.reject(new Error("odd")), "could not be run"],
    [
      () => Promise.resolve({ code: 2, stdout: SECRET }),
      "failed with status 2",
    ],
    [
      () => Promise.resolve({ code: 0, stdout: `"${SECRET}` }),
      "answered with something else than credentials",
    ],
    [
      () => Promise.resolve({ code: 0, stdout: "null" }),
      "answered with something else than credentials",
    ],
    [undefined, "may not be run here"],
  ];
  for (const [runHelper, why] of table) {
    await t.step(why, async () => {
      const source = loginFile({ credsStore: "x" }, runHelper);
      assertEquals(await source.get("r.example"), {});
      assertEquals(source.warnings, [
        `r.example: Credential helper docker-credential-x ${why}; going on without it`,
      ]);
    });
  }
});

Deno.test("a helper whose name is no program's name is not run", async () => {
  for (const name of ["../evil", "a b", "a;b", "-x", "/bin/sh"]) {
    const source = loginFile(
      { credsStore: name },
      () => Promise.reject(new Error("run")),
    );
    assertEquals(await source.get("r.example"), {});
    assertEquals(source.warnings.length, 1);
  }
});

Deno.test("a login file that cannot be read warns and knows nobody", async (t) => {
  for (const content of ["{", "[]", "null", `{"auths": "${SECRET}"`]) {
    await t.step(content, async () => {
      const source = loginFile(content);
      assertEquals(await source.get("r.example"), {});
      assertEquals(source.warnings, [
        `r.example: Cannot read credentials in ${FILE}: it is not a JSON object`,
      ]);
    });
  }
});

Deno.test("a login that cannot be decoded warns and knows nobody", async () => {
  for (const auth of ["%%%", btoa("nobody"), btoa(`:${SECRET}`), btoa("me:")]) {
    const source = loginFile({ auths: { "r.example": { auth } } });
    assertEquals(await source.get("r.example"), {});
    assertEquals(source.warnings, [
      `r.example: Cannot use the credentials in ${FILE}: "auth" is not base64 of a user name and a password`,
    ]);
  }
});

Deno.test("a login file that is not there is no trouble, one that is forbidden is", async () => {
  const table = [["ENOENT", 0], ["ENOTDIR", 0], ["EACCES", 1]] as const;
  for (const [code, count] of table) {
    const warnings: string[] = [];
    const source = loginFileCredentials("/x", {
      files: {
        read: () => Promise.reject(Object.assign(new Error(), { code })),
      },
      onWarning: (_registry, message) => warnings.push(message),
    });
    assertEquals(await source.get("r.example"), {});
    assertEquals(warnings.length, count);
  }
});

Deno.test("sources are asked in order, and what earlier ones lacked is kept", async () => {
  const missing = { get: () => Promise.resolve({ missing: ["T"] }) };
  const chain = chainCredentials([
    missing,
    loginFile({ auths: { "r.example": { auth: ME } } }),
  ]);
  assertEquals(await chain.get("r.example"), {
    ...password("me", SECRET),
    missing: ["T"],
  });
  assertEquals(await chain.get("x.example"), { missing: ["T"] });
});

Deno.test("podman's login for a part of a registry is for that part only", async () => {
  const auth = (user: string) => ({ auth: btoa(`${user}:${SECRET}`) });
  const source = loginFile({
    auths: {
      "r.example/acme": auth("acme"),
      "r.example/acme/deep/notes": auth("notes"),
      "r.example": auth("all"),
      "x.example/acme": auth("acme"),
      "https://y.example/v2/": auth("old"),
    },
  });
  const table: readonly [string, string | undefined, string | undefined][] = [
    ["r.example", "acme", "acme"],
    ["r.example", "acme/notes", "acme"],
    ["r.example", "acme/deep/notes", "notes"],
    ["r.example", "acme/deep", "acme"],
    ["r.example", "acmeother/notes", "all"],
    ["r.example", undefined, "all"],
    ["x.example", "acme/notes", "acme"],
    ["x.example", "other/notes", undefined],
    ["x.example", undefined, undefined],
    ["y.example", "any/thing", "old"],
  ];
  for (const [registry, repository, user] of table) {
    const { credential } = await source.get(registry, repository);
    const found = credential && "username" in credential
      ? credential.username
      : undefined;
    assertEquals(found, user, `${registry} ${repository}`);
  }
});

Deno.test("a helper is asked once for a registry, whatever its repositories", async () => {
  let count = 0;
  const source = loginFile({ credsStore: "x" }, () => {
    count++;
    const stdout = JSON.stringify({ Username: "me", Secret: SECRET });
    return Promise.resolve({ code: 0, stdout });
  });
  for (const repository of ["a", "b", undefined]) {
    assert((await source.get("r.example", repository)).credential);
  }
  assertEquals(count, 1);
});

Deno.test("a registry is looked up once, however many ask", async () => {
  let count = 0;
  const chain = chainCredentials([{
    get: () => {
      count++;
      return Promise.resolve({});
    },
  }]);
  await Promise.all([chain.get("a"), chain.get("a"), chain.get("b")]);
  await chain.get("a");
  assertEquals(count, 2);
});

Deno.test("login files are where Docker and podman put them", () => {
  const table: readonly [Record<string, string>, string[]][] = [
    [{ HOME: "/h" }, [
      "/h/.docker/config.json",
      "/h/.config/containers/auth.json",
    ]],
    [{ HOME: "/h", DOCKER_CONFIG: "/d", XDG_RUNTIME_DIR: "/run/user/1" }, [
      "/d/config.json",
      "/run/user/1/containers/auth.json",
      "/h/.config/containers/auth.json",
    ]],
    [{ HOME: "/h", REGISTRY_AUTH_FILE: "/a.json", XDG_RUNTIME_DIR: "/r" }, [
      "/h/.docker/config.json",
      "/a.json",
    ]],
    [{ USERPROFILE: "C:/Users/me" }, [
      "C:/Users/me/.docker/config.json",
      "C:/Users/me/.config/containers/auth.json",
    ]],
    [{}, []],
  ];
  assertEquals(
    table.map(([env]) => loginPaths({ env: (name) => env[name] })),
    table.map(([, paths]) => paths),
  );
});
