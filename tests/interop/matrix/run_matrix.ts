/**
 * Running the interoperability matrix, and writing down what came of it.
 *
 * @module
 */

import { join } from "@std/path";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "../../cli/workspace.ts";
import {
  type Peer,
  PULLERS,
  PUSHERS,
  REGISTRIES,
  type Transfer,
} from "./peers.ts";

/** What came of one cell of the matrix. */
export interface Cell {
  /** Who did the part that is not forge's. */
  readonly peer: string;
  /** Where the image was. */
  readonly registry: string;
  /** `yes`, `no: ...`, or {@linkcode NOT_TRIED}. */
  readonly result: string;
}

/** Everything that came of it. */
export interface MatrixReport {
  /** Pushed by the peer, pulled by forge. */
  readonly pushed: readonly Cell[];
  /** Published by forge, pulled by the peer. */
  readonly pulled: readonly Cell[];
}

/** The result where a tool was missing. */
export const NOT_TRIED = "not tried";

const GREETER = await fixture("greeter");
const DOCKERFILE = "FROM scratch\nCOPY greeter.wasm /extension.wasm\n";

/** Runs what can be run here. */
export async function runMatrix(): Promise<MatrixReport> {
  const pushed: Cell[] = [];
  const pulled: Cell[] = [];
  for (const registry of REGISTRIES) {
    await using running = isHere(registry) ? await registry.start() : undefined;
    const host = running?.host;
    const note = async (
      cells: Cell[],
      peer: Peer,
      work: (transfer: Transfer) => Promise<boolean>,
    ) => {
      const result = host === undefined || !isHere(peer)
        ? NOT_TRIED
        : await attempt(host, peer, work);
      cells.push({ peer: peer.name, registry: registry.name, result });
    };
    for (const pusher of PUSHERS) {
      await note(pushed, pusher, async (transfer) => {
        await pusher.push(transfer);
        return await isPulledByForge(transfer);
      });
    }
    for (const puller of PULLERS) {
      await note(pulled, puller, async (transfer) => {
        const sha256 = await publish(transfer);
        const path = await puller.pull({ ...transfer, sha256 });
        return await isGreeter(join(transfer.work.root, path));
      });
    }
  }
  return { pushed, pulled };
}

/** The cells of a table that {@linkcode formatMatrix} made. */
export function parseMatrix(table: string): readonly Cell[] {
  const [head = [], , ...rows] = table.split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
  return rows.flatMap(([peer = "", ...results]) =>
    results.map((result, i) => ({ peer, registry: head[i + 1] ?? "", result }))
  );
}

/** What was found now; for what could not be tried, what was found earlier. */
export function withEarlier(
  found: readonly Cell[],
  earlier: readonly Cell[],
): readonly Cell[] {
  return found.map((cell) =>
    cell.result !== NOT_TRIED
      ? cell
      : earlier.find(({ peer, registry }) =>
        peer === cell.peer && registry === cell.registry
      ) ?? cell
  );
}

/** The table of one direction, registries as columns, in Markdown. */
export function formatMatrix(cells: readonly Cell[], corner: string): string {
  const registries = REGISTRIES.map(({ name }) => name);
  const peers = [...new Set(cells.map(({ peer }) => peer))];
  const rows = peers.map((peer) => [
    peer,
    ...registries.map((registry) =>
      cells.find((cell) => cell.peer === peer && cell.registry === registry)
        ?.result ?? ""
    ),
  ]);
  const table = [[corner, ...registries], ...rows];
  const widths =
    table[0]?.map((_, column) =>
      Math.max(...table.map((row) => row[column]?.length ?? 0))
    ) ?? [];
  const line = (row: readonly string[], filler = " ") =>
    `| ${
      row.map((cell, i) => cell.padEnd(widths[i] ?? 0, filler)).join(" | ")
    } |`;
  const rule = line(widths.map(() => ""), "-");
  const [head = [], ...body] = table;
  return [line(head), rule, ...body.map((row) => line(row))].join("\n");
}

function isHere({ tools }: Peer): boolean {
  return tools.every(({ path }) => path !== undefined);
}

async function attempt(
  host: string,
  peer: Peer,
  work: (transfer: Transfer) => Promise<boolean>,
): Promise<string> {
  await using project = await openWorkspace();
  await project.write("greeter.wasm", GREETER);
  await project.write("Dockerfile", DOCKERFILE);
  // Nobody's credentials; tools that are told of a file want it to be there.
  await project.write("docker/config.json", "{}");
  const repository = peer.name.replace(/[^a-z]+/g, "-");
  const image = `${host}/acme/${repository}:v1`;
  try {
    const isRight = await work({ work: project, host, image });
    return isRight ? "yes" : "no: other bytes";
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The code of the registry says most; a message has ports and paths in it.
    const [code] = /\b[A-Z]{3,}_[A-Z_]+\b/.exec(message) ?? [];
    const words = message.replace(/^.* ended with \d+: /, "").trim();
    return `no: ${code ?? words.replace(/[\s|]+/g, " ").slice(-120)}`;
  }
}

async function publish({ work, image }: Transfer): Promise<string> {
  const done = await work.forge("publish", "greeter.wasm", image, "--json");
  if (done.status !== 0) throw new Error(done.err);
  return JSON.parse(done.out).sha256;
}

async function isPulledByForge(
  { work, host, image }: Transfer,
): Promise<boolean> {
  const repository = image.slice(host.length + 1).replace(/:v1$/, "");
  const oci = ociEntry(host, "greeter", "v1", repository);
  const settings = "docker_credentials: false";
  await work.write("forge.ron", forgeRon({ oci, settings }));
  const ran = await work.forge("run", "--json");
  if (ran.status !== 0) throw new Error(ran.err);
  const [extension] = ran.json().extensions;
  return extension?.loaded === true && await isGreeter(extension.path ?? "");
}

async function isGreeter(path: string): Promise<boolean> {
  const bytes = await Deno.readFile(path);
  return bytes.length === GREETER.length &&
    bytes.every((byte, i) => byte === GREETER[i]);
}

/** For the type of a project in {@linkcode Transfer}. */
export type { Workspace };
