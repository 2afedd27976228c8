import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { Counter, Gauge, type Registry } from "@prometheus-io/client";
import type { Express } from "express";
import { refusedWith } from "./http-metrics.js";

export interface HttpServerArgs {
  readonly app: Express;
  readonly registry: Registry;
  /** Called with the code of each answer that the parser gave in place of the app. */
  readonly countRefused: (code: number) => void;
  /** More are refused, after idle ones were closed to make room. */
  readonly maxConnections: number;
  /** Must be above the balancer's idle timeout, in milliseconds. */
  readonly keepAliveTimeoutMs: number;
  /** How long a request may take to arrive, with its body, in milliseconds: 408 after that. */
  readonly arrivalTimeoutMs: number;
}

/** The largest headers in bytes: 431 beyond. With `maxConnections`, a bound of the memory. */
const maxHeaderSize = 16 * 1024;

/** An HTTP server whose connections, headers and patience are bounded, and counted when they end. */
export function createHttpServer(args: HttpServerArgs): Server {
  const { app, registry, countRefused, maxConnections, keepAliveTimeoutMs, arrivalTimeoutMs } =
    args;
  const server = createServer({
    maxHeaderSize,
    requestTimeout: arrivalTimeoutMs,
    headersTimeout: arrivalTimeoutMs,
    connectionsCheckingInterval: Math.min(arrivalTimeoutMs, 1_000),
    // Above the balancer's idle timeout (60 s for an ALB): it must never send a request down a
    // connection that this side is closing.
    keepAliveTimeout: keepAliveTimeoutMs,
  });
  server.on("request", app);
  server.maxConnections = maxConnections;
  countConnections(server, registry);

  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    // A client that is gone is told nothing; a request that it had begun is counted as 499.
    if (socket.readableEnded || error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const code = codes[error.code ?? ""] ?? 400;
    // A request that is being answered takes the code for its own; one that never began has none.
    const marked: MarkedSocket = socket;
    marked[refusedWith] = code;
    socket.once("close", () => {
      if (marked[refusedWith] !== undefined) countRefused(code);
    });
    socket.end(`HTTP/1.1 ${answers[code] ?? ""}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.destroySoon();
  });

  server.on("checkExpectation", (_request, response) => {
    countRefused(417);
    response.writeHead(417, { Connection: "close" }).end();
  });
  return server;
}

function countConnections(server: Server, registry: Registry): void {
  const registers = [registry];
  const refused = new Counter({
    name: "http_connections_refused_total",
    help: "Connections refused because MAX_CONNECTIONS were open",
    registers,
  });
  new Gauge({
    name: "http_connections_open",
    help: "Connections of clients, idle ones included",
    registers,
    async collect() {
      this.set(
        await new Promise<number>((resolve) => {
          server.getConnections((error, count) => {
            resolve(error === null ? count : Number.NaN);
          });
        }),
      );
    },
  });
  server.on("drop", () => {
    refused.inc();
    // A probe that comes next finds room: idle connections are the ones that nobody misses.
    server.closeIdleConnections();
  });
}

/** What Node's parser calls its errors: https://nodejs.org/api/http.html#event-clienterror */
const codes: Partial<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const answers: Partial<Record<number, string>> = {
  400: "400 Bad Request",
  408: "408 Request Timeout",
  413: "413 Payload Too Large",
  431: "431 Request Header Fields Too Large",
};

type MarkedSocket = Socket & { [refusedWith]?: number | undefined };
