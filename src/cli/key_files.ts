/**
 * Keys and passwords of the command line: where they are, and that nothing of
 * them is printed.
 *
 * @module
 */

import { resolve } from "../path.ts";
import { ForgeError } from "../errors.ts";
import { parseSigningKey, type SigningKey } from "../trust/mod.ts";
import { type Arguments, textOption } from "./command.ts";
import type { Io } from "./io.ts";

/** The variable that cosign takes passwords from. */
const COSIGN_PASSWORD = "COSIGN_PASSWORD";
/** A key is a few hundred bytes; what is larger is none. */
const MAX_KEY_FILE_BYTES = 64 * 1024;
/** Names a variable in the place of a file, as cosign has it. */
const FROM_ENVIRONMENT = "env://";

/**
 * Reads the key that `--key` names: a file, or `env://NAME` for a variable.
 *
 * @throws {ForgeError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`,
 * `SIGNING_KEY_INVALID` or `SIGNING_KEY_PASSWORD`.
 */
export async function readSigningKey(
  name: string,
  args: Arguments,
  io: Io,
): Promise<SigningKey> {
  const text = name.startsWith(FROM_ENVIRONMENT)
    ? keyFromEnvironment(name.slice(FROM_ENVIRONMENT.length), io)
    : await readKeyFile(name, io);
  return await parseSigningKey(text, name, {
    password: passwordSource(args, io, `Password of ${name}: `),
  });
}

/** Where a password comes from: a variable, else a person; `undefined` when there is neither. */
export function passwordSource(
  args: Arguments,
  { platform, askSecret }: Io,
  question: string,
): (() => Promise<string>) | undefined {
  const named = textOption(args, "password-env");
  const password = platform.env(named ?? COSIGN_PASSWORD);
  if (password !== undefined) return () => Promise.resolve(password);
  if (named !== undefined) {
    throw new ForgeError(
      "SIGNING_KEY_PASSWORD",
      `Cannot find the variable "${named}", which is to have the password`,
      { hint: "Set it, or leave out --password-env to be asked" },
    );
  }
  return askSecret && (() => askSecret(question));
}

function keyFromEnvironment(name: string, { platform }: Io): string {
  const text = platform.env(name);
  if (text !== undefined) return text;
  throw new ForgeError(
    "FILE_NOT_FOUND",
    `Cannot find the variable "${name}", which is to have the key`,
    { hint: "Set it to the content of the key file" },
  );
}

async function readKeyFile(
  name: string,
  { platform, signal }: Io,
): Promise<string> {
  const path = resolve(platform.cwd(), name);
  const stat = await platform.files.stat(path);
  if (stat === undefined) {
    throw new ForgeError("FILE_NOT_FOUND", `Cannot find the key "${path}"`, {
      hint: "Make one with forge keygen, or correct --key",
    });
  }
  if (stat.kind !== "file" || stat.size > MAX_KEY_FILE_BYTES) {
    throw new ForgeError(
      "FILE_UNREADABLE",
      `Cannot read the key "${path}": it is no file of a key`,
      { hint: "Name the file with the private key, such as forge.key" },
    );
  }
  return new TextDecoder().decode(await platform.files.read(path, { signal }));
}
