import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";

/** Listens as `listen` does, with Node's own server. */
export function serve(app: RequestListener): void {
  listen(createServer(app));
}

/**
 * Listens on `HOST` or loopback, on `PORT` or a free port, and prints `{"port":12345}` as one line of JSON.
 * A parent process may ask, by any message, for the CPU time used so far, in microseconds.
 */
export function listen(server: Server): void {
  server.on("error", (error) => {
    throw error;
  });
  const { HOST = "127.0.0.1", PORT = "0" } = process.env;
  server.listen(Number(PORT), HOST, () => {
    console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
  });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on("disconnect", () => process.exit());
}
