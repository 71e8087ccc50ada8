/**
 * `forge keygen`: a key to sign extensions with.
 *
 * @module
 */

import { relative, resolve } from "../../path.ts";
import { ForgeError } from "../../errors.ts";
import { generateKeyPair } from "../../trust/mod.ts";
import { type Arguments, type Command, textOption, usage } from "../command.ts";
import { EXIT_OK, type Io } from "../io.ts";
import { passwordSource } from "../key_files.ts";

/** The command. */
export const keygen: Command = {
  name: "keygen",
  operands: "[NAME]",
  arity: { min: 0, max: 1 },
  completes: [{ paths: "files" }],
  options: {
    "password-env": {
      type: "string",
      value: "VAR",
      summary: "Variable with the password; COSIGN_PASSWORD if it is set",
    },
    "no-password": {
      type: "boolean",
      summary: "Leave the private key as it is, not encrypted",
    },
    json: { type: "boolean", summary: "Print one JSON document" },
  },
  examples: [
    ["forge keygen", "Writes forge.key, which is secret, and forge.pub"],
    ["forge keygen keys/release", "Writes keys/release.key and .pub"],
  ],
  async run(args, io) {
    const base = resolve(io.platform.cwd(), args.operands[0] ?? "forge");
    const [privatePath, publicPath] = [`${base}.key`, `${base}.pub`];
    for (const path of [privatePath, publicPath]) {
      if (await io.platform.files.stat(path) !== undefined) throw taken(path);
    }
    const password = await newPassword(args, io);
    const { privatePem, publicPem } = await generateKeyPair(password);
    await write(privatePath, privatePem, { io, isPrivate: true });
    try {
      await write(publicPath, publicPem, { io, isPrivate: false });
    } catch (error) {
      await io.platform.files.remove(privatePath);
      throw error;
    }
    const shown = (path: string) => relative(io.platform.cwd(), path);
    if (args.options["json"] === true) {
      const document = {
        ok: true,
        privateKey: privatePath,
        publicKey: publicPath,
        encrypted: password !== "",
      };
      io.out(JSON.stringify(document, null, 2) + "\n");
      return EXIT_OK;
    }
    io.err(
      `${shown(privatePath)}  signs: keep it secret, do not commit it\n` +
        `${shown(publicPath)}  verifies: commit it, name it in trust\n`,
    );
    return EXIT_OK;
  },
};

async function newPassword(args: Arguments, io: Io): Promise<string> {
  if (args.options["no-password"] === true) {
    if (textOption(args, "password-env") === undefined) return "";
    throw usage(keygen, "Cannot take --password-env with --no-password");
  }
  const source = passwordSource(args, io, "Password for the new key: ");
  if (source === undefined) {
    throw new ForgeError(
      "SIGNING_KEY_PASSWORD",
      "Cannot make a key: there is nobody to ask for its password",
      { hint: "Name a variable with --password-env, or add --no-password" },
    );
  }
  const password = await source();
  if (password === "") {
    throw new ForgeError(
      "SIGNING_KEY_PASSWORD",
      "Cannot make a key: its password is empty",
      { hint: "Give one, or add --no-password" },
    );
  }
  // Typed once, and unseen, it may not be what was meant.
  const isAsked = io.askSecret !== undefined &&
    io.platform.env(textOption(args, "password-env") ?? "COSIGN_PASSWORD") ===
      undefined;
  if (isAsked && await io.askSecret?.("The same again: ") !== password) {
    throw new ForgeError(
      "SIGNING_KEY_PASSWORD",
      "Cannot make a key: the two passwords differ",
      { hint: "Run it again" },
    );
  }
  return password;
}

/** A key that is there is never overwritten: what it signed could not be signed again. */
async function write(
  path: string,
  text: string,
  { io: { platform }, isPrivate }: {
    readonly io: Io;
    readonly isPrivate: boolean;
  },
): Promise<void> {
  try {
    const sink = await platform.files.create(path, { isPrivate });
    try {
      try {
        await sink.write(new TextEncoder().encode(text));
        await sink.sync();
      } finally {
        await sink.close();
      }
    } catch (error) {
      // Half a key is none, and would be in the way of the next.
      await platform.files.remove(path);
      throw error;
    }
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "EEXIST") throw taken(path);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForgeError(
      "FILE_UNWRITABLE",
      `Cannot write the key "${path}": ${reason}`,
      { hint: "Name a directory that exists and may be written to", cause },
    );
  }
}

function taken(path: string): ForgeError {
  return new ForgeError("USAGE", `Cannot write "${path}": it exists`, {
    hint: "Give the key another name, or move the old one away",
  });
}
