/**
 * Whose a lock file is, and whether that process, or thread of it, still lives.
 *
 * @module
 */

import { fstatSync, readFileSync, statSync } from "node:fs";
import process from "node:process";

/** What a lock file says. */
export interface LockOwner {
  /** The process that has it. */
  readonly pid: number;
  /** The system knows whether it is alive: the file is locked as long as it is. */
  readonly isHeld: boolean;
  /** The descriptor by which that process has the file open. */
  readonly descriptor?: number | undefined;
  /** When that process began; another of its number began at another time. */
  readonly began?: string | undefined;
}

const HELD = "held";

/** The words in the lock file of this process. */
export function ownWords(owner: Omit<LockOwner, "pid">): string {
  const { isHeld, descriptor, began } = owner;
  const words = [process.pid, ...(isHeld ? [HELD] : [])];
  if (descriptor !== undefined) words.push(`fd=${descriptor}`);
  if (began !== undefined) words.push(`began=${began}`);
  return `${words.join(" ")}\n`;
}

/** Who has a lock; `undefined` while it is not known. */
export function ownerOf(path: string): LockOwner | undefined {
  try {
    const [line = ""] = readFileSync(path, "utf8").split("\n", 1);
    const [first = "", ...words] = line.trim().split(" ");
    const pid = Number.parseInt(first);
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    const value = (name: string) =>
      words.find((word) => word.startsWith(`${name}=`))
        ?.slice(name.length + 1);
    const descriptor = value("fd");
    return {
      pid,
      isHeld: words.includes(HELD),
      descriptor: descriptor === undefined ? undefined : Number(descriptor),
      began: value("began"),
    };
  } catch {
    // It is gone, or it is of those that Windows lets nobody read.
    return undefined;
  }
}

/** Whoever cannot be asked about is taken for alive. */
export function isAlive(owner: LockOwner, path: string): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
  const { pid, began, descriptor } = owner;
  const now = began === undefined ? undefined : beginningOf(pid);
  if (now !== undefined && now !== began) return false;
  // A thread that was ended has closed it.
  return pid !== process.pid || descriptor === undefined ||
    isOpen(descriptor, path);
}

function isOpen(descriptor: number, path: string): boolean {
  try {
    const [here, there] = [fstatSync(descriptor), statSync(path)];
    return here.ino === there.ino && here.dev === there.dev;
  } catch (error) {
    return codeOf(error) !== "EBADF";
  }
}

/** States of processes as Linux names them. */
const ENDED = new Set(["Z", "X"]);

/**
 * When a process began, in words that no other process of its number has ever
 * had: this start of the system, and the time since. Linux alone tells.
 */
export function beginningOf(pid: number): string | undefined {
  try {
    const system = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program is in parentheses, and may have any in it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = ""] = fields;
    const ticks = fields[19];
    if (ticks === undefined) return undefined;
    // One that has ended, and whose parent did not look at it yet, does nothing more.
    return ENDED.has(state) ? "ended" : `${system.trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** The code of an error of the system. */
export function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}
