/**
 * A line to a server that lets only so much through until it is widened, so
 * that a test sees what happens while something is on its way.
 *
 * @module
 */

import { connect, createServer, type Socket } from "node:net";

/** A line that is open. */
export interface NarrowLine extends AsyncDisposable {
  /** Host and port of its near end. */
  readonly host: string;
  /** Lets everything through from now on. */
  readonly widen: () => void;
}

/** Opens a line on loopback that takes `maxBytes` of one connection towards the server. */
export async function openNarrowLine(
  target: string,
  maxBytes: number,
): Promise<NarrowLine> {
  const sockets = new Set<Socket>();
  const held = new Set<Socket>();
  let isWide = false;
  const { hostname, port } = new URL(`http://${target}`);
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    let taken = 0;
    near.on("data", (piece) => {
      taken += piece.length;
      far.write(piece);
      if (isWide || taken < maxBytes) return;
      held.add(near);
      near.pause();
    });
    far.pipe(near);
    near.on("end", () => far.end());
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as { port: number };
  return {
    host: `127.0.0.1:${address.port}`,
    widen() {
      isWide = true;
      for (const near of held) near.resume();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
