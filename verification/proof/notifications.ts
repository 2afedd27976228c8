import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An alert as Alertmanager's webhook tells of it. */
export interface DeliveredAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What Alertmanager's webhook is told at once: a group of alerts. */
export interface DeliveredGroup {
  readonly status: "firing" | "resolved";
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly DeliveredAlert[];
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
}

/** A webhook on loopback that keeps what it is told, by path. */
export class Notifications {
  private readonly received = new Map<string, DeliveredGroup[]>();

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<Notifications> {
    const server = createServer();
    const notifications = new Notifications(server);
    server.on("request", (request, response) => {
      void notifications.take(request).then(() => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return notifications;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  alerts(path: string): readonly DeliveredAlert[] {
    return this.groups(path).flatMap(({ alerts }) => alerts);
  }

  /** A notification each, in their order. */
  groups(path: string): readonly DeliveredGroup[] {
    return this.received.get(path) ?? [];
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private async take(request: IncomingMessage): Promise<void> {
    const at = Date.now();
    const body = (await request.toArray()).join("");
    const group = { ...(JSON.parse(body) as Omit<DeliveredGroup, "at">), at };
    const path = request.url ?? "";
    this.received.set(path, [...this.groups(path), group]);
  }
}
