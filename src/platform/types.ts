/**
 * What the library needs from the runtime, in words that are neither Deno's
 * nor Node's.
 *
 * Rooms take these types as arguments. Two adapters implement them
 * (`deno.ts` and `node.ts`); the npm build swaps one for the other. Nothing
 * else in the library may know which runtime it is on.
 *
 * @module
 */

/** Everything that comes from outside the program, in one place to inject. */
export interface Platform {
  /** Which runtime this is; for reports, never for decisions. */
  readonly runtime: "deno" | "node";
  /** Its name as it is written, for reports: Bun has the adapter of Node, too. */
  readonly runtimeName?: string | undefined;
  /** Its version, for reports; absent where it is not known. */
  readonly runtimeVersion?: string | undefined;
  /** The disk. */
  readonly files: Files;
  /** Reads one environment variable; `undefined` when it is not set. */
  readonly env: (name: string) => string | undefined;
  /** The working directory, absolute. */
  readonly cwd: () => string;
  /** Whether the user wants no colours (no-color.org). */
  readonly noColor: () => boolean;
  /** The network: web-standard `fetch` that also takes certificates. */
  readonly fetch: PlatformFetch;
  /** Time and chance. */
  readonly clock: Clock;
  /** The runtime's permissions, where it has some. */
  readonly sandbox?: Sandbox | undefined;
  /**
   * Opens a SQLite database, creating the file if need be; not there when the
   * runtime has none.
   */
  readonly openDatabase?:
    | ((path: string, options?: OpenDatabaseOptions) => Promise<Database>)
    | undefined;
  /** Opens a directory to do what is done while others wait; touches nothing yet. */
  readonly openDirectory?:
    | ((path: string) => Promise<SyncDirectory>)
    | undefined;
  /** Starts a module in a thread or a process of its own; not there when the runtime has neither. */
  readonly startHost?:
    | ((
      kind: "worker" | "process",
      options: RemoteHostOptions,
    ) => Promise<RemoteHost>)
    | undefined;
  /**
   * Runs `docker-credential-NAME get` with the server on standard input;
   * rejects when there is no such program or it may not be run.
   */
  readonly runHelper?:
    | ((
      name: string,
      server: string,
    ) => Promise<{ readonly code: number; readonly stdout: string }>)
    | undefined;
}

/** How {@linkcode Platform.startHost} starts a module. */
export interface RemoteHostOptions {
  /** The module. It finds its way back by itself. */
  readonly entry: URL;
  /** Receives what it says: data that can be cloned. */
  readonly onMessage: (message: unknown) => void;
  /** Hears once that it has ended, and how. */
  readonly onEnd: (reason: string) => void;
  /** What a process may read and write, absolute, where the runtime can say; nothing if not given. */
  readonly paths?: readonly string[] | undefined;
}

/** A module in a thread or a process of its own. */
export interface RemoteHost {
  /** Says something to it: data that can be cloned. */
  readonly post: (message: unknown) => void;
  /** Whether this process stays alive for it; it does at first. */
  readonly hold: (isHeld: boolean) => void;
  /** Ends it, whatever it does. */
  readonly kill: () => void;
}

/** What a {@linkcode RemoteHost} is from its own side. */
export interface RemoteParent {
  /** Says something to who has started it. */
  readonly post: (message: unknown) => void;
  /** Starts to listen. */
  readonly listen: (onMessage: (message: unknown) => void) => void;
}

/** Permissions of this process, and the way to another one with fewer. */
export interface Sandbox {
  /** Whether {@linkcode Sandbox.restart} can work: not in a compiled binary, nor where no process may be started. */
  readonly canRestart: () => Promise<boolean>;
  /**
   * Runs this program again in a process with other permissions, on the same
   * terminal; gives its exit status.
   */
  readonly restart: (
    options: {
      /** URL of the module to run. */
      readonly entry: string;
      /** Permission flags; everything else is denied without a question. */
      readonly flags: readonly string[];
      /** Arguments of the program. */
      readonly args: readonly string[];
    },
  ) => Promise<number>;
  /** Whether something is granted; without a value, whether all of its kind is. */
  readonly isGranted: (kind: string, value?: string) => Promise<boolean>;
  /** Gives kinds of permission up, for the rest of the process's life. */
  readonly drop: (kinds: readonly string[]) => Promise<void>;
  /**
   * Gives up a permission for one value, and every one that covers it; one
   * without limits stays.
   */
  readonly dropOne: (kind: string, value: string) => Promise<void>;
}

/** Web-standard `fetch` that also takes certificates. */
export type PlatformFetch = (
  input: string | URL,
  init?: PlatformFetchInit,
) => Promise<Response>;

/** What the runtime's fetch understands here beside web-standard options. */
export interface PlatformFetchInit extends RequestInit {
  /**
   * Refuse to connect when the name resolves to a private address. Node only:
   * Deno's fetch gives no say in it.
   */
  readonly publicOnly?: boolean | undefined;
  /** Certificates for this request, as PEM texts. */
  readonly tls?: {
    /** Authorities to trust beside the system's. */
    readonly caCerts?: readonly string[] | undefined;
    /** What this program shows of itself. */
    readonly clientCert?: {
      /** The certificate. */
      readonly cert: string;
      /** Its key. */
      readonly key: string;
    } | undefined;
  } | undefined;
}

/** Time and chance. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects with `signal.reason` on abort. */
  readonly sleep: (
    milliseconds: number,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<void>;
  /** A number from 0 to 1, 1 excluded. */
  readonly random: () => number;
}

/** Size, time and kind of a directory entry. */
export interface FileStat {
  /** Whether it is a file, a directory, or something else. */
  readonly kind: "file" | "directory" | "other";
  /** Size in bytes. */
  readonly size: number;
  /** Time of the last change in milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/**
 * The disk.
 *
 * Failures reject with the runtime's own error, whose `code` is the system's
 * name for it (`ENOENT`, `EACCES`, `ENOSPC`, ...). What is not there is not an
 * error where the method says so.
 */
export interface Files {
  /** Reads a whole file. */
  readonly read: (
    path: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<Uint8Array<ArrayBuffer>>;
  /** Reads a file piece by piece, so that memory stays flat. */
  readonly readChunks: (
    path: string,
    options?: {
      /** The first byte that is wanted; 0 unless told otherwise. */
      readonly start?: number;
      /** Whether a chunk may be overwritten once the next is asked for. */
      readonly reuse?: boolean;
      /** Bytes that are expected, so that little memory is taken for few; there may be more. */
      readonly expected?: number;
    },
  ) => AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Looks at an entry, following links; `undefined` when it is not there. */
  readonly stat: (path: string) => Promise<FileStat | undefined>;
  /** Names in a directory, in no order; `undefined` when it is not there. */
  readonly list: (directory: string) => Promise<readonly string[] | undefined>;
  /** Creates a file that must not exist yet (`EEXIST` otherwise). */
  readonly create: (
    path: string,
    options?: {
      /** Whether only this user may read it, from its first moment on. */
      readonly isPrivate?: boolean;
    },
  ) => Promise<FileSink>;
  /** Opens a file to add to its end, creating it if need be. */
  readonly append: (path: string) => Promise<FileSink>;
  /** Gives a file another name, replacing what had it. */
  readonly rename: (from: string, to: string) => Promise<void>;
  /**
   * Gives a file other content: all of it, or on any failure none. Follows
   * links; who may read and write the file stays as it is. `false` when nothing
   * was done, since the file is not as expected.
   */
  readonly replace: (
    path: string,
    content: Uint8Array,
    options?: {
      /**
       * Name of the new file until it takes the place of the old one, where
       * only certain paths may be written; of its own otherwise. It must not
       * exist yet (`EEXIST`), and lie in the directory that links lead to.
       */
      readonly temporary?: string;
      /** What the file must have until the last moment. */
      readonly expected?: Uint8Array | undefined;
    },
  ) => Promise<boolean>;
  /** The path that links lead to; the same path when nothing is there. */
  readonly realPath: (path: string) => Promise<string>;
  /** Removes a file; nothing happens when it is not there. */
  readonly remove: (path: string) => Promise<void>;
  /** Makes a directory and those above it. */
  readonly makeDirectory: (path: string) => Promise<void>;
  /** Makes the names in a directory survive a power cut, where the system can. */
  readonly syncDirectory: (path: string) => Promise<void>;
}

/** A file being written. */
export interface FileSink {
  /** Writes all of the bytes. */
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** Makes what was written survive a power cut. */
  readonly sync: () => Promise<void>;
  /** Closes the file; a second call does nothing. */
  readonly close: () => Promise<void>;
}

/**
 * A value of SQLite. Integers are `bigint`, exact to 64 bits; floating-point
 * numbers are `number`, whatever their value. Booleans are the integers 0 and 1.
 */
export type SqlValue = null | bigint | number | string | Uint8Array;

/** How {@linkcode Platform.openDatabase} may be told to work. */
export interface OpenDatabaseOptions {
  /** Rows that one query may give; more are an error of the query. */
  readonly maxRows?: number | undefined;
  /** Bytes of text and blobs that one query may give; more are an error of the query. */
  readonly maxResultBytes?: number | undefined;
  /** Bytes of one value or row, as read or written. */
  readonly maxValueBytes?: number | undefined;
  /**
   * Bytes of the file; what would make it larger fails. The log beside it (WAL)
   * has at most as many and 8 MiB, for as long as it is not brought in.
   */
  readonly maxBytes?: number | undefined;
  /**
   * Instructions of SQLite's machine that one call may take, a migration with all
   * of its statements. Only the engine `wasm` can count them.
   */
  readonly maxSteps?: number | undefined;
  /**
   * Milliseconds that one call may take, likewise, waiting for others included.
   * Only the engine `wasm` looks at them while it runs, after every hundred
   * instructions.
   */
  readonly maxCallMs?: number | undefined;
  /** Milliseconds to wait for another process that writes, or has the file. */
  readonly busyTimeoutMs?: number | undefined;
  /**
   * Which SQLite: `native` is that of the runtime (Deno, Node 24), which nothing
   * can interrupt; `wasm` one that ends a query which never ends. Not both at
   * the same time on one file. The native one where there is one, if not given;
   * `loadExtension` asks for `wasm` unless it is told otherwise.
   */
  readonly engine?: "native" | "wasm" | undefined;
  /**
   * Makes the code of the engine `wasm` count what it does, so that not even one
   * instruction of SQLite's machine runs without end: a function of SQL that gets
   * megabytes is one. Where a runtime does not give the code to be rewritten
   * (Deno without `--unstable-raw-imports`), nothing bounds that.
   */
  readonly meter?: CodeMeter | undefined;
}

/** Rewrites code so that it counts what it does. */
export interface CodeMeter {
  /** Gives the rewritten module. */
  readonly rewrite: (module: Uint8Array) => Uint8Array<ArrayBuffer>;
  /** Name under which that exports its fuel, an `i64` global; it traps when there is none left. */
  readonly fuelExport: string;
}

/** What a statement changed. */
export interface Executed {
  /** Rows that were inserted, updated or deleted. */
  readonly rowsAffected: bigint;
  /** Row id of the last insert on this connection, where there was one. */
  readonly lastInsertId?: bigint | undefined;
}

/**
 * One SQLite database, open. Synchronous: extensions wait for it in the middle
 * of a call. Failures throw an `Error` whose message is meant for the
 * extension, and so names no path of the host.
 */
export interface Database {
  /** Runs a statement and gives its rows. */
  readonly query: (
    sql: string,
    params: readonly SqlValue[],
  ) => readonly (readonly SqlValue[])[];
  /** Runs a statement for its effect. */
  readonly execute: (sql: string, params: readonly SqlValue[]) => Executed;
  /** Runs any number of statements, separated by semicolons: all or none. */
  readonly migrate: (sql: string) => void;
  /**
   * Whether a statement had to be torn off in the middle, so that nothing works
   * any more. What was committed is on the disk.
   */
  readonly isLost?: boolean;
  /** Closes it; a second call does nothing. */
  readonly close: () => void;
}

/** What an entry of a directory is. Links are never followed. */
export type EntryKind = "file" | "directory" | "link" | "other";

/** What is known of an entry; times in milliseconds since the epoch. */
export interface EntryStat {
  /** What it is. */
  readonly kind: EntryKind;
  /** Size in bytes. */
  readonly size: number;
  /** A number that no other entry has at the same time. */
  readonly id: number;
  /** When it was last read. */
  readonly accessedMs: number;
  /** When its content last changed. */
  readonly modifiedMs: number;
  /** When anything of it last changed. */
  readonly changedMs: number;
}

/** Times to give to an entry, in milliseconds since the epoch. */
export type EntryTimes = Pick<EntryStat, "accessedMs" | "modifiedMs">;

/** How to open a file of a {@linkcode SyncDirectory}. What is in it stays. */
export interface OpenEntryOptions {
  /** Whether it may be written. */
  readonly write: boolean;
  /** Makes the file where there is none. */
  readonly create?: boolean;
  /** Makes the file, and fails where there is one. */
  readonly exclusive?: boolean;
}

/**
 * One directory. Entries are named by the names on the way to them; nothing
 * else can be reached, by links neither. Synchronous: extensions wait for it in
 * the middle of a call. Failures throw an `Error` with the system's `code`.
 */
export interface SyncDirectory {
  /** Looks at an entry; `undefined` when it is not there. */
  readonly stat: (path: readonly string[]) => EntryStat | undefined;
  /** Names in a directory, in no order. */
  readonly list: (
    path: readonly string[],
  ) => readonly { readonly name: string; readonly kind: EntryKind }[];
  /** Opens a file: one that is a file, and has no other name. */
  readonly open: (
    path: readonly string[],
    options: OpenEntryOptions,
  ) => SyncFile;
  /** Makes a directory. */
  readonly makeDirectory: (path: readonly string[]) => void;
  /** Removes a file, or a link itself. */
  readonly removeFile: (path: readonly string[]) => void;
  /** Removes a directory that is empty. */
  readonly removeDirectory: (path: readonly string[]) => void;
  /** Gives an entry another name, replacing a file that had it. */
  readonly rename: (from: readonly string[], to: readonly string[]) => void;
  /** Sets the times of an entry. */
  readonly setTimes: (path: readonly string[], times: EntryTimes) => void;
}

/** An open file of a {@linkcode SyncDirectory}. */
export interface SyncFile {
  /** Reads from a position in bytes; gives the number of bytes, 0 at the end. */
  readonly read: (buffer: Uint8Array, position: number) => number;
  /** Writes to a position in bytes; gives the number of bytes. */
  readonly write: (bytes: Uint8Array, position: number) => number;
  /** Looks at it. */
  readonly stat: () => EntryStat;
  /** Cuts it, or fills it up with zeros. */
  readonly resize: (bytes: number) => void;
  /** Sets its times. */
  readonly setTimes: (times: EntryTimes) => void;
  /** Makes what was written survive a power cut. */
  readonly sync: () => void;
  /** Closes it. */
  readonly close: () => void;
}
