/**
 * A longer way to a server on this machine.
 *
 * @module
 */

import { connect, createServer, type Socket } from "node:net";

/** A way that is open until it is disposed of. */
export interface SlowLink extends AsyncDisposable {
  /** Host and port of its near end. */
  readonly host: string;
}

/**
 * Relays connections, and holds back what the client sends: every request is
 * answered later by that much, and so is the first on a connection, once.
 *
 * @param target Host and port of the server.
 * @param delayMs Milliseconds.
 */
export async function startSlowLink(
  target: string,
  delayMs: number,
): Promise<SlowLink> {
  const [hostname = "", port = ""] = target.split(":");
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    // Timers of one length fire in the order in which they were set.
    near.on("data", (bytes) => setTimeout(() => far.write(bytes), delayMs));
    near.on("end", () => setTimeout(() => far.end(), delayMs));
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const nearPort = typeof address === "object" ? address?.port : undefined;
  return {
    host: `127.0.0.1:${nearPort}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
