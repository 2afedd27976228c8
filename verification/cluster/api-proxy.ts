import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiRequest, readRequest } from "./api-request";
import type { Kubernetes } from "./kubernetes";

/**
 * What becomes of a request: "refuse" answers 503 before the API server sees it; "cut" lets it do its
 * work and drops the connection instead of its answer; a delay, in milliseconds, comes before it.
 */
export type ApiFault = "refuse" | "cut" | { readonly delay: number };
export type FaultRule = (request: ApiRequest) => ApiFault | undefined;

/** How many requests there were of each kind. */
export interface ApiCounts {
  requests: number;
  writes: number;
  refused: number;
  cut: number;
  delayed: number;
}

const NO_FAULTS: FaultRule = () => undefined;

/**
 * Stands between a client and the API server, on plain HTTP of the loopback. Answers, watches and
 * upgraded connections stream through; requests go on with the credentials of the given cluster.
 */
export class ApiProxy {
  faults = NO_FAULTS;
  readonly counts: ApiCounts = { requests: 0, writes: 0, refused: 0, cut: 0, delayed: 0 };
  private readonly sockets = new Set<Socket>();
  private readonly listeners = new Set<(request: ApiRequest) => void>();
  private down = false;

  private constructor(
    private readonly server: http.Server,
    private readonly upstream: URL,
    private readonly options: https.RequestOptions,
  ) {
    server.on("connection", (socket: Socket) => {
      this.connected(socket);
    });
    server.on("request", (request, response) => {
      this.pass(request, response).catch(() => response.destroy());
    });
    server.on("upgrade", (request, socket, head) => {
      this.passUpgrade(request, socket, head);
    });
  }

  static async listen(kubernetes: Kubernetes): Promise<ApiProxy> {
    const { client } = kubernetes;
    // A watch stays open for as long as somebody listens.
    const server = http.createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 });
    const proxy = new ApiProxy(server, new URL(client.server), await client.requestOptions());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** For a client that is to go through here. It holds no credentials. */
  kubeconfig(): string {
    const server = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "proxy",
      // client-node talks plain HTTP only where TLS need not be verified.
      clusters: [{ name: "proxy", cluster: { server, "insecure-skip-tls-verify": true } }],
      users: [{ name: "proxy", user: {} }],
      contexts: [{ name: "proxy", context: { cluster: "proxy", user: "proxy" } }],
    });
  }

  get isDown(): boolean {
    return this.down;
  }

  /** While it is, every connection is reset, those that are open too. */
  set isDown(down: boolean) {
    this.down = down;
    if (down) for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Tells of each write that the API server has taken, before its client hears of it. */
  onWrite(listener: (request: ApiRequest) => void): { stop(): void } {
    this.listeners.add(listener);
    return {
      stop: () => {
        this.listeners.delete(listener);
      },
    };
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private connected(socket: Socket): void {
    if (this.down) {
      socket.resetAndDestroy();
      return;
    }
    this.sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.sockets.delete(socket));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const asked = readRequest(request, body);
    const fault = this.faults(asked);
    this.count(asked, fault);
    if (fault === "refuse") {
      refuse(response);
      return;
    }
    if (typeof fault === "object") await sleep(fault.delay);
    const answer = await this.ask(request, response, body);
    if (asked.isWrite && succeeded(answer)) {
      for (const listener of this.listeners) listener(asked);
    }
    if (fault === "cut") {
      await answer.toArray();
      response.socket?.resetAndDestroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    response.flushHeaders();
    answer.pipe(response);
    answer.once("error", () => response.destroy());
  }

  /** The request ends with its client: a watch that nobody listens to is closed. */
  private ask(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = this.request(request);
      response.once("close", () => sent.destroy());
      sent.once("response", resolve);
      sent.once("error", reject);
      sent.end(body);
    });
  }

  private passUpgrade(request: IncomingMessage, client: Duplex, early: Buffer): void {
    const sent = this.request(request);
    sent.once("error", () => client.destroy());
    sent.once("response", (answer) => {
      client.write(head(answer, `${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}`));
      answer.pipe(client);
    });
    sent.once("upgrade", (answer, server, first) => {
      client.write(head(answer, "101 Switching Protocols"));
      client.write(first);
      server.write(early);
      server.pipe(client).pipe(server);
      server.once("error", () => client.destroy());
      client.once("error", () => server.destroy());
    });
    sent.end();
  }

  private request({ method, url, headers }: IncomingMessage): http.ClientRequest {
    const { request } = this.upstream.protocol === "https:" ? https : http;
    return request(new URL(url ?? "/", this.upstream), {
      ...this.options,
      method,
      headers: {
        ...headers,
        ...(this.options.headers as http.OutgoingHttpHeaders),
        host: this.upstream.host,
      },
    });
  }

  private count(asked: ApiRequest, fault: ApiFault | undefined): void {
    this.counts.requests += 1;
    if (asked.isWrite) this.counts.writes += 1;
    if (fault === "refuse") this.counts.refused += 1;
    else if (fault === "cut") this.counts.cut += 1;
    else if (fault) this.counts.delayed += 1;
  }
}

const succeeded = ({ statusCode = 0 }: IncomingMessage): boolean =>
  statusCode >= 200 && statusCode < 300;

/** As an API server says that it cannot serve now. */
function refuse(response: ServerResponse): void {
  const status = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: "injected fault: the API server refused the request",
    reason: "ServiceUnavailable",
    code: 503,
  };
  response.writeHead(503, { "content-type": "application/json" });
  response.end(JSON.stringify(status));
}

function head({ rawHeaders }: IncomingMessage, status: string): string {
  const lines = rawHeaders.flatMap((value, index) =>
    index % 2 === 1 ? [`${rawHeaders[index - 1] ?? ""}: ${value}`] : [],
  );
  return [`HTTP/1.1 ${status}`, ...lines, "", ""].join("\r\n");
}
