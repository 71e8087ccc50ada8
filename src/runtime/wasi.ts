/**
 * WASI preview 1 as extensions get it: output, clocks and random numbers, and
 * nothing else. No files, no environment, no arguments, no network.
 *
 * @module
 */

import { Fd, WASI, wasi, WASIProcExit } from "@bjorn3/browser_wasi_shim";
import type { LogLine } from "./log.ts";
import { OutputLines } from "./output_lines.ts";

/** The module name of WASI preview 1. */
export const WASI_MODULE = "wasi_snapshot_preview1";

/** One module's view of the system. */
export interface WasiHost {
  /** The functions to import. */
  readonly imports: WebAssembly.ModuleImports;
  /** Gives it the module's memory, before anything but a start function runs. */
  readonly attach: (memory: WebAssembly.Memory) => void;
  /** Passes on output that did not end in a line end. */
  readonly flush: () => void;
  /** Lets go of what it holds. */
  readonly close: () => void;
}

/** A program's request to end, thrown through its frames by `proc_exit`. */
export { WASIProcExit as ProcessExit };

/** A descriptor that can only be written. */
class OutputFd extends Fd {
  readonly #lines: OutputLines;

  constructor(lines: OutputLines) {
    super();
    this.#lines = lines;
  }

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    this.#lines.write(data);
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.byteLength };
  }

  override fd_fdstat_get(): { ret: number; fdstat: wasi.Fdstat | null } {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_CHARACTER_DEVICE, 0);
    fdstat.fs_rights_base = BigInt(wasi.RIGHTS_FD_WRITE);
    return { ret: wasi.ERRNO_SUCCESS, fdstat };
  }
}

/** Standard input that is at its end. */
class EmptyFd extends Fd {
  override fd_read(): { ret: number; data: Uint8Array } {
    return { ret: wasi.ERRNO_SUCCESS, data: new Uint8Array() };
  }
}

/**
 * Makes the system for one module.
 *
 * @param name Name of the extension, for its log lines.
 * @param onLog Receives what it writes.
 */
export function createWasiHost(
  name: string,
  onLog: (line: LogLine) => void,
): WasiHost {
  const out = new OutputLines((text) =>
    onLog({ name, stream: "stdout", level: "info", text })
  );
  const err = new OutputLines((text) =>
    onLog({ name, stream: "stderr", level: "warn", text })
  );
  const descriptors = [new EmptyFd(), new OutputFd(out), new OutputFd(err)];
  const shim = new WASI([], [], descriptors, { debug: false });
  return {
    imports: withoutSockets(shim.wasiImport),
    attach(memory) {
      shim.inst = { exports: { memory } };
    },
    flush() {
      out.flush();
      err.flush();
    },
    close() {},
  };
}

/** Functions that the shim lacks answer "not supported" instead of throwing. */
function withoutSockets(
  imports: WASI["wasiImport"],
): WebAssembly.ModuleImports {
  const unsupported = () => wasi.ERRNO_NOTSUP;
  return {
    ...imports,
    proc_raise: unsupported,
    sock_accept: unsupported,
    sock_recv: unsupported,
    sock_send: unsupported,
    sock_shutdown: unsupported,
  } as WebAssembly.ModuleImports;
}
