import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { Registry } from "@prometheus-io/client";
import express, { type Express, Router } from "express";
import {
  type HttpMetrics,
  httpDurationBuckets,
  httpMetrics,
} from "../src/skeleton/http-metrics.js";
import { parseMetrics, valueOf } from "./metrics-text.js";
import { listen, sendJson } from "./running-service.js";
import { until } from "./service-process.js";

describe("the metrics middleware", () => {
  let registry: Registry;
  let metrics: HttpMetrics;
  let app: Express;
  let url: string;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    registry = new Registry();
    const routes = ["/api/tasks", "/api/tasks/:taskId", "/mounted/:tenant"];
    metrics = httpMetrics({ registry, routes });
    app = express();
    app.use(metrics.middleware);
    ({ url, stop } = await listen(createServer(app)));
  });
  afterEach(() => stop());

  it("labels every spelling of a route alike, errors included", async () => {
    app.get("/api/tasks", (request, response) => {
      if (request.query.fail !== undefined) throw new Error("on purpose");
      response.json([]);
    });
    app.use(quietly);
    for (const path of ["/api/tasks", "/api/tasks/", "/API/tasks", "/api/tasks?a=b"])
      await get(path);
    await get("/api/tasks?fail");
    assert.equal(await count("GET", "/api/tasks", "200"), 4);
    assert.equal(await count("GET", "/api/tasks", "500"), 1);
    assert.equal((await routesSeen()).size, 1);
  });

  it("labels a parameter by its name, whatever its value", async () => {
    app.get("/api/tasks/:taskId", (_request, response) => response.status(404).end());
    for (const id of ["tasks", "api", "a%20b"]) await get(`/api/tasks/${id}`);
    assert.equal(await count("GET", "/api/tasks/:taskId", "404"), 3);
    assert.equal((await routesSeen()).size, 1);
  });

  it("puts everything else under `unmatched` and OTHER", async () => {
    app.get("/not-declared", (_request, response) => response.end());
    for (const path of ["/not-declared", "/.env", "/wp-login.php"]) await get(path);
    await new Promise((resolve) => {
      httpRequest(`${url}/x`, { method: "PURGE" }, (response) =>
        response.resume().on("end", resolve),
      ).end();
    });
    assert.deepEqual(await routesSeen(), new Set(["unmatched"]));
    assert.equal(await count("GET", "unmatched", "404"), 2);
    assert.equal(await count("GET", "unmatched", "200"), 1);
    assert.equal(await count("OTHER", "unmatched", "404"), 1);
  });

  it("lets a mounted router name its routes, also when a handler throws", async () => {
    const router = Router();
    router
      .route("/:tenant")
      .all(metrics.route("/mounted/:tenant"))
      .get((request, response) => {
        if (request.params.tenant === "bad") throw new Error("on purpose");
        response.end();
      });
    app.use("/mounted", router);
    app.use(quietly);
    await get("/mounted/good");
    await get("/mounted/bad");
    assert.equal(await count("GET", "/mounted/:tenant", "200"), 1);
    assert.equal(await count("GET", "/mounted/:tenant", "500"), 1);
    assert.throws(() => metrics.route("/typo"), /"\/typo" is not among the routes.*\/api\/tasks,/);
  });

  it("counts what the body parser refuses, under the route", async () => {
    app.post("/api/tasks", express.json({ limit: 10 }), (_request, response) => response.end());
    app.use(quietly);
    await (await sendJson(`${url}/api/tasks`, "POST", "{")).text();
    await (await sendJson(`${url}/api/tasks`, "POST", { long: "enough" })).text();
    assert.equal(await count("POST", "/api/tasks", "400"), 1);
    assert.equal(await count("POST", "/api/tasks", "413"), 1);
  });

  it("counts a client that hangs up as 499, and what is being answered as in flight", async () => {
    app.get("/api/tasks", () => {
      // Never answers.
    });
    const client = httpRequest(`${url}/api/tasks`);
    client.on("error", () => {
      // What `destroy` below causes.
    });
    client.end();
    await until(async () => (await value("http_requests_in_flight")) === 1);
    client.destroy();
    await until(async () => (await value("http_requests_in_flight")) === 0);
    assert.equal(await count("GET", "/api/tasks", "499"), 1);
    assert.equal(await count("GET", "/api/tasks", "200"), undefined);
  });

  it("counts a client that hangs up in the middle of its body as 499, not as the parser's 400", async () => {
    app.post("/api/tasks", express.json(), (_request, response) => response.end());
    app.use(quietly);
    const headers = { "Content-Type": "application/json", "Content-Length": 1_000 };
    const client = httpRequest(`${url}/api/tasks`, { method: "POST", headers });
    client.on("error", () => {
      // What `destroy` below causes.
    });
    client.write("{");
    await until(async () => (await value("http_requests_in_flight")) === 1);
    client.destroy();
    await until(async () => (await value("http_requests_in_flight")) === 0);
    assert.equal(await count("POST", "/api/tasks", "499"), 1);
    assert.equal(await count("POST", "/api/tasks", "400"), undefined);
  });

  it("measures how long an answer took", async () => {
    app.get("/api/tasks", (_request, response) => {
      setTimeout(() => response.end(), 120);
    });
    await get("/api/tasks");
    const labels = { method: "GET", route: "/api/tasks", code: "200" };
    const seconds = await value("http_request_duration_seconds_sum", labels);
    assert.ok(seconds !== undefined && seconds >= 0.115 && seconds < 1, `${String(seconds)} s`);
    const bucket = (le: string) => value("http_request_duration_seconds_bucket", { ...labels, le });
    assert.equal(await bucket("0.1"), 0);
    assert.equal(await bucket("1.5"), 1);
    assert.equal(await bucket("+Inf"), 1);
  });

  it("has at most 16 series for each method, route and code", async () => {
    app.get("/api/tasks", (_request, response) => response.end());
    await get("/api/tasks");
    const families = parseMetrics(await registry.metrics());
    const { samples = [] } = families.get("http_request_duration_seconds") ?? {};
    assert.equal(samples.length, 16);
  });

  it("has rising bounds that hold those of prometheus-api-metrics and no whole number", () => {
    const bounds: readonly number[] = httpDurationBuckets;
    assert.deepEqual(
      bounds,
      [...bounds].sort((a, b) => a - b),
    );
    for (const bound of [0.001, 0.005, 0.015, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.25]) {
      assert.ok(bounds.includes(bound), `${bound.toString()} is missing`);
    }
    assert.ok(!bounds.some((bound) => Number.isInteger(bound)));
    assert.ok((bounds.at(-1) ?? 0) > 5);
  });

  it("starts known series at 0", async () => {
    const known = new Registry();
    httpMetrics({
      registry: known,
      routes: ["/api/tasks"],
      knownSeries: [{ method: "GET", route: "/api/tasks", codes: [200, 500] }],
    });
    const families = parseMetrics(await known.metrics());
    for (const code of ["200", "500", "499"]) {
      const labels = { method: "GET", route: "/api/tasks", code };
      assert.equal(valueOf(families, "http_request_duration_seconds_count", labels), 0);
      assert.equal(
        valueOf(families, "http_request_duration_seconds_bucket", { ...labels, le: "0.25" }),
        0,
      );
    }
  });

  it("can be copied alone: it imports nothing of the service", () => {
    const source = readFileSync("src/skeleton/http-metrics.ts", "utf8");
    const imported = [...source.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(imported, ["node:http", "@prometheus-io/client"]);
  });

  async function get(path: string): Promise<void> {
    await (await fetch(url + path)).text();
  }

  async function value(name: string, labels?: Record<string, string>) {
    return valueOf(parseMetrics(await registry.metrics()), name, labels);
  }

  function count(method: string, route: string, code: string) {
    return value("http_request_duration_seconds_count", { method, route, code });
  }

  async function routesSeen(): Promise<Set<string | undefined>> {
    const families = parseMetrics(await registry.metrics());
    const { samples = [] } = families.get("http_request_duration_seconds") ?? {};
    return new Set(samples.map(({ labels }) => labels.route));
  }
});

/** Express prints the stack of an error that it handles itself; four parameters mark a handler. */
const quietly: express.ErrorRequestHandler = (
  error: { status?: number },
  _request,
  response,
  next,
) => {
  if (response.headersSent) next(error);
  else response.status(error.status ?? 500).end();
};
