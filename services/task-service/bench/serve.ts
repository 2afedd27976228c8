import type { AddressInfo } from "node:net";
import type { Express } from "express";

/**
 * Listens on loopback, on `PORT` or a free port, and prints `{"port":12345}` as one line of JSON.
 * A parent process may ask, by any message, for the CPU time used so far, in microseconds.
 */
export function serve(app: Express): void {
  const server = app.listen(Number(process.env.PORT ?? 0), "127.0.0.1", (error?: Error) => {
    if (error !== undefined) throw error;
    console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
  });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on("disconnect", () => process.exit());
}
