import cluster from "node:cluster";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ClusterRegistry, collectDefaultMetrics, Registry } from "@prometheus-io/client";
import express from "express";
import { httpMetrics } from "../../src/skeleton/http-metrics.js";

// As the README says: workers hand in their registry, and the primary answers scrapes for all.
if (cluster.isPrimary) {
  const workers = new ClusterRegistry();
  for (let worker = 0; worker < 2; worker++) cluster.fork();
  const scrapes = createServer((_request, response) => {
    void workers.clusterMetrics().then((text) => {
      response.setHeader("Content-Type", workers.contentType).end(text);
    });
  });
  scrapes.listen(0, "127.0.0.1", () => {
    console.log(JSON.stringify({ metrics: (scrapes.address() as AddressInfo).port }));
  });
} else {
  const registry = new Registry();
  new ClusterRegistry();
  ClusterRegistry.setRegistries(registry);
  collectDefaultMetrics({ register: registry });
  const app = express();
  const routes = [{ method: "GET", path: "/hello", codes: [200] }];
  app.use(httpMetrics({ registry, routes, onObserved: () => ({ request_id: "1" }) }).middleware);
  app.get("/hello", (_request, response) => {
    response.json({ worker: cluster.worker?.id });
  });
  const server = app.listen(0, "127.0.0.1", () => {
    console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
  });
}
