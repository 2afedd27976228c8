import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the stand-in answers; changed at any time. */
export interface Answers {
  /** Not ready before that moment (Date.now()). @default at once */
  readyAt?: number;
  password: string;
  /** Message of a data source that is not healthy; null: there is none. @default healthy */
  dataSource?: string | null;
  /** Values by PromQL expression. */
  series: Record<string, readonly number[]>;
}

/**
 * Answers as Grafana's HTTP API is documented, as far as the check asks for it. It stands in for a Grafana in tests
 * of the check's own code, and shows nothing of a real one.
 */
export class GrafanaStandIn {
  /** Paths that were asked for. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly answers: Answers,
  ) {}

  static async start(answers: Answers): Promise<GrafanaStandIn> {
    const server = createServer();
    const standIn = new GrafanaStandIn(server, answers);
    server.on("request", ({ url = "", headers }, response) => {
      const { status, body } = standIn.answer(url, headers.authorization);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(url: string, authorization?: string): { status: number; body: object } {
    const { pathname, searchParams } = new URL(url, this.url);
    this.asked.push(pathname);
    const { readyAt = 0, password, dataSource, series } = this.answers;
    if (Date.now() < readyAt) return { status: 503, body: { message: "starting" } };
    if (pathname === "/api/health") {
      return { status: 200, body: { database: "ok", version: "13.2.0", commit: "0" } };
    }
    const basic = Buffer.from(`admin:${password}`).toString("base64");
    if (authorization !== `Basic ${basic}`) {
      return { status: 401, body: { message: "Invalid username or password" } };
    }
    if (pathname === "/api/user") return { status: 200, body: { id: 1, login: "admin" } };
    if (dataSource === null) return { status: 404, body: { message: "Data source not found" } };
    if (pathname === "/api/datasources/uid/prometheus/health") {
      return dataSource === undefined
        ? {
            status: 200,
            body: { status: "OK", message: "Successfully queried the Prometheus API." },
          }
        : { status: 400, body: { status: "ERROR", message: dataSource } };
    }
    if (pathname === "/api/datasources/proxy/uid/prometheus/api/v1/query") {
      const values = series[searchParams.get("query") ?? ""] ?? [];
      const result = values.map((value) => ({ metric: {}, value: [1, String(value)] }));
      return { status: 200, body: { status: "success", data: { resultType: "vector", result } } };
    }
    return { status: 404, body: { message: "Not found" } };
  }
}
