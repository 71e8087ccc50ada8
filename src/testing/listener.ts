/**
 * A server of `node:http`, which Deno and Node both have, on one port.
 *
 * @module
 */

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";

/** What TLS needs, in PEM. */
export interface RegistryTls {
  /** The private key. */
  readonly key: string;
  /** The certificate, and those that lead to its root. */
  readonly cert: string;
  /** Whose client certificates are asked for and accepted; no one is asked when absent. */
  readonly clientCa?: string;
}

/** A port that is listened on. */
export interface Listener {
  /** Host and port, as in a reference. */
  readonly host: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Stops listening and ends every connection. */
  readonly close: () => Promise<void>;
}

/** Where to listen. */
export interface ListenOptions {
  /** An address of this machine. */
  readonly hostname: string;
  /** The port; 0 for any free one. */
  readonly port: number;
  /** Serves HTTPS where present. */
  readonly tls: RegistryTls | undefined;
}

/** What is done with a request. */
export type OnRequest = (
  incoming: IncomingMessage,
  response: ServerResponse,
) => void;

/** Starts to listen; rejects with the system's error when the port is taken. */
export async function listen(
  onRequest: OnRequest,
  options: ListenOptions,
): Promise<Listener> {
  const { hostname, port, tls } = options;
  const server = tls === undefined
    ? createServer(onRequest)
    : createTlsServer(tlsOptions(tls), onRequest);
  // A connection that a client keeps for later must not go away under it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, resolve);
  });
  const address = server.address();
  const actual = typeof address === "object" ? address?.port : undefined;
  const name = hostname.includes(":") ? `[${hostname}]` : hostname;
  const host = `${name}:${actual ?? port}`;
  return {
    host,
    origin: `${tls === undefined ? "http" : "https"}://${host}`,
    close: () => close(server),
  };
}

function tlsOptions(tls: RegistryTls): {
  key: string;
  cert: string;
  ca?: string;
  requestCert?: boolean;
  rejectUnauthorized?: boolean;
} {
  const { key, cert, clientCa } = tls;
  return clientCa === undefined
    ? { key, cert }
    : { key, cert, ca: clientCa, requestCert: true, rejectUnauthorized: true };
}

function close(server: Pick<Server, "close" | "closeAllConnections">): Promise<
  void
> {
  return new Promise((resolve) => {
    // A second close has nothing to do: its error says so.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
