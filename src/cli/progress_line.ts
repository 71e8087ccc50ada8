/**
 * A transfer in one line: a bar for terminals, words for logs.
 *
 * @module
 */

import { shortText } from "./plain_text.ts";
import { formatSize } from "./table.ts";
import type { TransferState } from "./transfer_meter.ts";

/** Columns of a bar below which it says nothing. */
const MIN_BAR_COLUMNS = 8;
/** Columns of a bar above which it says no more. */
const MAX_BAR_COLUMNS = 40;
/** A longer name is cut. */
const MAX_NAME_COLUMNS = 24;
/** `1023 MiB / 1023 MiB`. */
const SIZES_COLUMNS = 19;
/** `1023 KiB/s`. */
const RATE_COLUMNS = 10;
/** `59:59 left`. */
const LEFT_COLUMNS = 10;
/** Hours beyond which a time left is no news. */
const MAX_HOURS = 100;

/** What a line is made for. */
export interface ProgressLineOptions {
  /** Columns that it may take. */
  readonly columns: number;
  /** Columns of the names of all lines, so that bars stand below each other. */
  readonly nameColumns: number;
}

/** How many columns a name takes, cut if need be. */
export function nameColumns(name: string): number {
  return shortText(name, MAX_NAME_COLUMNS).length;
}

/**
 * `notes  [====>     ]  12.3 MiB / 40.0 MiB   1.2 MiB/s   0:23 left`, and in
 * narrow terminals less of it; never wider than the columns.
 */
export function formatBar(
  name: string,
  state: TransferState,
  { columns, nameColumns }: ProgressLineOptions,
): string {
  const label = shortText(name, MAX_NAME_COLUMNS).padEnd(nameColumns);
  const sizes = formatSizes(state, " / ").padStart(SIZES_COLUMNS);
  const rate = formatRate(state).padStart(RATE_COLUMNS);
  const left = formatLeft(state).padStart(LEFT_COLUMNS);
  const full = `  ${sizes}  ${rate}  ${left}`;
  const barColumns = columns - label.length - full.length - 2;
  if (barColumns >= MIN_BAR_COLUMNS) {
    return `${label}  ${drawBar(state, barColumns)}${full}`;
  }
  const percent = formatPercent(state).padStart(4);
  const shorter = [full, `  ${percent}  ${rate}`, `  ${percent}`];
  const fitting = shorter.find((part) => label.length + part.length <= columns);
  return fitting === undefined
    ? percent.trimStart().slice(0, Math.max(0, columns))
    : label + fitting;
}

/** `notes: 12.3 MiB of 40.0 MiB, 1.2 MiB/s, 0:23 left`. */
export function formatProgressWords(
  name: string,
  state: TransferState,
): string {
  const parts = [
    formatSizes(state, " of "),
    formatRate(state),
    formatLeft(state),
  ];
  const said = parts.filter((part) => part !== "").join(", ");
  return `${shortText(name, MAX_NAME_COLUMNS)}: ${said}`;
}

/** Where nobody knows how much there will be, what is there is all to say. */
function formatSizes(
  { receivedBytes, totalBytes }: TransferState,
  between: string,
): string {
  const received = formatSize(receivedBytes);
  return totalBytes > 0
    ? received + between + formatSize(totalBytes)
    : received;
}

function formatPercent(state: TransferState): string {
  return state.totalBytes > 0
    ? `${Math.floor(fractionOf(state) * 100)}%`
    : formatSize(state.receivedBytes);
}

function drawBar(state: TransferState, columns: number): string {
  const inner = Math.min(columns, MAX_BAR_COLUMNS) - 2;
  const done = Math.floor(fractionOf(state) * inner);
  const bar = done >= inner ? "=".repeat(inner) : "=".repeat(done) + ">";
  return `[${bar.padEnd(inner)}]`;
}

function fractionOf({ receivedBytes, totalBytes }: TransferState): number {
  return totalBytes > 0 ? Math.min(1, receivedBytes / totalBytes) : 0;
}

function formatRate({ bytesPerSecond }: TransferState): string {
  return bytesPerSecond === undefined ? "" : `${formatSize(bytesPerSecond)}/s`;
}

function formatLeft(state: TransferState): string {
  const { bytesPerSecond, secondsLeft, receivedBytes, totalBytes } = state;
  if (bytesPerSecond === 0) return receivedBytes === 0 ? "waiting" : "stalled";
  if (secondsLeft === undefined || totalBytes <= 0) return "";
  const seconds = Math.ceil(secondsLeft);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= MAX_HOURS) return "";
  const two = (count: number) => String(count % 60).padStart(2, "0");
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds)} left`
    : `${minutes}:${two(seconds)} left`;
}
