import assert from "node:assert/strict";
import { type MetricFamily, scrape } from "../metrics-text.js";
import { scan } from "../method-scan.js";
import { startService } from "../running-service.js";
import { manyRoutes } from "./greeting-domain.js";

/**
 * What the stack allows a pod to export; the README derives it. 96 series a route (see
 * `httpMetrics`), and 1000 for what does not grow: 97 of `unmatched`, 5 * 96 of probes and scrapes,
 * 160 of the client's own, and room for the domain's.
 */
const sampleLimit = (routes: number) => 1_000 + 100 * routes;

describe("the series of a service", () => {
  for (const routes of [1, 9, 30]) {
    it(`stay below the limit for ${routes.toString()} routes, whatever they are asked and answer`, async () => {
      const { url, stop } = await startService({ createDomain: manyRoutes(routes) });
      try {
        for (let route = 0; route < routes; route++) {
          for (const code of everyCode) {
            await (
              await fetch(`${url}/things/${route.toString()}/7?code=${code.toString()}`)
            ).text();
          }
        }
        await scan(url, ["/things/0/7", "/health/readiness", "/metrics"]);
        const families = await scrape(url);
        const count = seriesOf(families);
        assert.ok(count < sampleLimit(routes), `${count.toString()} series`);
        const http = families.get("http_request_duration_seconds")?.samples ?? [];
        const ofRoute = http.filter(({ labels }) => labels.route === "/things/0/:id").length;
        // Success, 2xx, 3xx, 4xx, 5xx: the derivation holds to the series.
        assert.equal(ofRoute, 5 * 16);
        const errors = families.get("http_request_errors_total")?.samples ?? [];
        const errorsOfRoute = errors.filter(({ labels }) => labels.route === "/things/0/:id");
        assert.ok(errorsOfRoute.length <= 16, `${errorsOfRoute.length.toString()} error series`);
      } finally {
        await stop();
      }
    });
  }
});

const everyCode = Array.from({ length: 400 }, (_, index) => 200 + index).filter(
  (code) => code % 7 === 0 || [200, 201, 301, 400, 404, 409, 500, 502, 503].includes(code),
);

function seriesOf(families: ReadonlyMap<string, MetricFamily>): number {
  return [...families.values()].reduce((sum, { samples }) => sum + samples.length, 0);
}
