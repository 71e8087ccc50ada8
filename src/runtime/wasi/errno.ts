/**
 * How calls of WASI preview 1 fail.
 *
 * @module
 */

/** Error numbers of WASI preview 1 that are used here. */
export const Errno = {
  SUCCESS: 0,
  ACCES: 2,
  BADF: 8,
  BUSY: 10,
  DQUOT: 19,
  EXIST: 20,
  FAULT: 21,
  FBIG: 22,
  ILSEQ: 25,
  INVAL: 28,
  IO: 29,
  ISDIR: 31,
  LOOP: 32,
  MFILE: 33,
  NAMETOOLONG: 37,
  NOENT: 44,
  NOSPC: 51,
  NOSYS: 52,
  NOTDIR: 54,
  NOTEMPTY: 55,
  NOTSUP: 58,
  PERM: 63,
  ROFS: 69,
  SPIPE: 70,
  XDEV: 75,
  NOTCAPABLE: 76,
} as const;

/** One of {@linkcode Errno}. */
export type Errno = typeof Errno[keyof typeof Errno];

/** A call fails with an error number. */
export class WasiFailure extends Error {
  /** The number. */
  readonly errno: Errno;

  /** Fails with a number. */
  constructor(errno: Errno) {
    super(`WASI error ${errno}`);
    this.errno = errno;
  }
}

/** The number for what a piece of work threw; throws on what is a fault of the host. */
export function errnoOf(thrown: unknown): Errno {
  if (thrown instanceof WasiFailure) return thrown.errno;
  const { code, name } = thrown as {
    readonly code?: unknown;
    readonly name?: unknown;
  };
  // The runtime's own permissions do not cover the directory.
  if (name === "NotCapable") return Errno.ACCES;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) throw thrown;
  const known = code.slice(1);
  return Object.hasOwn(Errno, known)
    ? Errno[known as keyof typeof Errno]
    : Errno.IO;
}
