/**
 * A server below HTTP.
 *
 * @module
 */

import { createServer, type Socket } from "node:net";

/** A server that is listening on this machine. */
export interface RawServer extends AsyncDisposable {
  /** Host and port, as in a reference. */
  readonly host: string;
}

/** Listens; what is sent is up to the test, once a request has begun to arrive. */
export async function startRawServer(
  onRequest: (socket: Socket) => Promise<void>,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // The client may go when it likes.
    socket.once("data", () => void onRequest(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
