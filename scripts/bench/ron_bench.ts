/**
 * RON beside JSONC and TOML: one configuration in three notations, parsed in
 * one run, so that the machine is the same for all.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/bench/ron_bench.ts [rounds]
 */
// deno-lint-ignore-file no-import-prefix
import { parse as parseJsonc } from "npm:jsonc-parser@^3.3.1";
import { parse as parseToml } from "npm:smol-toml@^1.9.1";
import {
  decodeRon,
  formatRon,
  parseDocument,
  parseRon,
} from "../../src/ron/mod.ts";
import { Config } from "../../tests/ron/shapes.ts";
import { jsoncConfig, ronConfig, tomlConfig } from "./config_texts.ts";

const TARGET_BYTES = 1024 * 1024;

interface Contender {
  readonly name: string;
  readonly text: string;
  readonly parse: (text: string) => unknown;
}

/** How many extensions make a RON text of about `bytes` bytes. */
function extensionsFor(bytes: number): number {
  const sample = 100;
  return Math.round(bytes / (ronConfig(sample).length / sample));
}

function contenders(count: number): Contender[] {
  const ron = ronConfig(count);
  const untrusting = { legacyWarnings: false };
  return [
    { name: "parseRon", text: ron, parse: parseRon },
    {
      name: "decodeRon",
      text: ron,
      parse: (text) => decodeRon(text, Config, untrusting),
    },
    {
      name: "decodeRon with 0.8.1 check",
      text: ron,
      parse: (text) => decodeRon(text, Config),
    },
    { name: "parseDocument", text: ron, parse: parseDocument },
    { name: "formatRon", text: ron, parse: formatRon },
    {
      name: "jsonc-parser parse",
      text: jsoncConfig(count),
      parse: (text) => parseJsonc(text),
    },
    { name: "smol-toml parse", text: tomlConfig(count), parse: parseToml },
  ];
}

/** The median of the times, in milliseconds. */
function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Rounds take turns, so that a slow second hurts everybody alike. */
function run(rounds: number): void {
  const all = contenders(extensionsFor(TARGET_BYTES));
  const times = all.map((): number[] => []);
  for (let round = 0; round < rounds + 3; round++) {
    all.forEach((each, index) => {
      const started = performance.now();
      each.parse(each.text);
      if (round >= 3) times[index]!.push(performance.now() - started);
    });
  }
  console.log("| | text | time | speed |\n|---|--:|--:|--:|");
  all.forEach(({ name, text }, index) => {
    const millis = median(times[index]!);
    const mib = new TextEncoder().encode(text).length / 1024 / 1024;
    const speed = mib / (millis / 1000);
    console.log(
      `| ${name} | ${mib.toFixed(2)} MiB | ${millis.toFixed(1)} ms | ${
        speed.toFixed(0)
      } MiB/s |`,
    );
  });
}

run(Number(Deno.args[0] ?? 15));
