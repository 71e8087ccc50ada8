/**
 * A proxy for HTTP: it connects to one server on this machine, whatever host
 * it is asked for, as if only it knew the names.
 *
 * @module
 */

import { createServer, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";

/** A proxy that is running. */
export interface ProxyServer extends AsyncDisposable {
  /** Host and port. */
  readonly host: string;
  /** What it was asked to do: `CONNECT name:port`, `GET http://name/path`. */
  readonly asked: readonly string[];
  /** What clients showed of themselves, in the same order. */
  readonly credentials: readonly (string | undefined)[];
}

/** Options of {@linkcode startProxy}. */
export interface ProxyServerOptions {
  /** Where all roads lead, `127.0.0.1:port`; by the name that was asked for where several. */
  readonly target: string | ((host: string) => string);
  /** The value of `Proxy-Authorization` that it wants; any if absent. */
  readonly credentials?: string;
}

/** Starts a proxy on loopback. */
export async function startProxy(
  options: ProxyServerOptions,
): Promise<ProxyServer> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const note = ({ method, url, headers }: IncomingMessage): boolean => {
    const shown = headers["proxy-authorization"];
    asked.push(`${method} ${url}`);
    credentials.push(shown);
    return options.credentials === undefined || shown === options.credentials;
  };
  const targetOf = (host: string): URL => {
    const { target } = options;
    return new URL(
      `http://${typeof target === "string" ? target : target(host)}`,
    );
  };
  const server = createServer((incoming, outgoing) => {
    if (!note(incoming)) return void outgoing.writeHead(407).end();
    const { host, pathname, search } = new URL(incoming.url ?? "");
    const { hostname, port } = targetOf(host);
    const { "proxy-authorization": _, ...headers } = incoming.headers;
    const onward = request({
      ...{ hostname, port, headers, path: pathname + search },
      method: incoming.method ?? "GET",
    }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.on("connect", (incoming, client) => {
    if (!note(incoming)) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const { hostname, port } = targetOf(incoming.url ?? "");
    const target = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    sockets.add(target);
    for (const socket of [client, target]) {
      socket.on("error", () => {}); // Either side may go when it likes.
    }
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    host: `127.0.0.1:${port}`,
    asked,
    credentials,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
