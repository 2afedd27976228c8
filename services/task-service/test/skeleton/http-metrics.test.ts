import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createServer, request as httpRequest } from "node:http";
import { Histogram, Registry } from "@prometheus-io/client";
import express, { type Express, Router } from "express";
import { httpDurationBuckets, httpMetrics } from "../../src/skeleton/http-metrics.js";
import { parseMetrics, valueOf } from "../metrics-text.js";
import { raw } from "../method-scan.js";
import { listen, sendJson } from "../running-service.js";
import { until } from "../service-process.js";

describe("the metrics middleware", () => {
  let registry: Registry;
  let app: Express;
  let url: string;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    registry = new Registry();
    const routes = [
      { method: "GET", path: "/api/tasks", codes: [200] },
      { method: "POST", path: "/api/tasks", codes: [201, 400, 413] },
      { method: "GET", path: "/api/tasks/:taskId", codes: [200, 404] },
      { method: "GET", path: "/mounted/:tenant", codes: [200] },
    ];
    app = express();
    // Express prints what it handles itself, but not in tests.
    app.set("env", "test");
    app.use(httpMetrics({ registry, routes }).middleware);
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
    await raw(url, `GET ${url}/api/tasks HTTP/1.1\r\nHost: a\r\n\r\n`, 50);
    assert.equal(await count("GET", "/api/tasks", "200"), 5);
    assert.equal(await count("GET", "/api/tasks", "5xx"), 1);
    assert.equal(await errors("GET", "/api/tasks", "500"), 1);
    assert.deepEqual(await routesSeen(), new Set(["/api/tasks"]));
  });

  it("labels a parameter by its name, whatever its value", async () => {
    app.get("/api/tasks/:taskId", (_request, response) => response.status(404).end());
    for (const id of ["tasks", "api", "a%20b"]) await get(`/api/tasks/${id}`);
    assert.equal(await count("GET", "/api/tasks/:taskId", "4xx"), 3);
    assert.equal(await errors("GET", "/api/tasks/:taskId", "404"), 3);
    assert.deepEqual(await routesSeen(), new Set(["/api/tasks/:taskId"]));
  });

  it("puts every method and path that no route has under OTHER and `unmatched`", async () => {
    app.get("/not-declared", (_request, response) => response.end());
    app.all("/api/tasks", (_request, response) => response.status(405).end());
    for (const path of ["/not-declared", "/.env", "/wp-login.php"]) await get(path);
    for (const method of ["PURGE", "PATCH"]) {
      await (await fetch(`${url}/api/tasks`, { method })).text();
    }
    assert.deepEqual(await routesSeen(), new Set(["unmatched"]));
    assert.equal(await count("OTHER", "unmatched", "4xx"), 4);
    assert.equal(await count("OTHER", "unmatched", "2xx"), 1);
    assert.equal(await errors("OTHER", "unmatched", "404"), 2);
    assert.equal(await errors("OTHER", "unmatched", "405"), 2);
  });

  it("counts HEAD as GET, whose handler answers it", async () => {
    app.get("/api/tasks", (_request, response) => response.end());
    await fetch(`${url}/api/tasks`, { method: "HEAD" });
    assert.equal(await count("GET", "/api/tasks", "200"), 1);
  });

  it("gives a code that the route does not declare its class", async () => {
    app.get("/api/tasks", (_request, response) => response.status(418).end());
    await get("/api/tasks");
    assert.equal(await count("GET", "/api/tasks", "4xx"), 1);
    assert.equal(await errors("GET", "/api/tasks", "4xx"), 1);
  });

  it("labels the answer of an app-wide middleware with the route that was asked for", async () => {
    app.use((_request, response) => response.status(401).end());
    await get("/api/tasks/7");
    assert.equal(await count("GET", "/api/tasks/:taskId", "4xx"), 1);
  });

  it("labels what a mounted router answers with the whole path, also when a handler throws", async () => {
    const router = Router();
    router.get("/:tenant", (request, response) => {
      if (request.params.tenant === "bad") throw new Error("on purpose");
      response.end();
    });
    // A route of the router that reads like one of the app.
    router.get("/api/tasks", (_request, response) => response.end());
    app.use("/mounted", router);
    app.use(quietly);
    for (const path of ["/mounted/good", "/mounted/bad", "/mounted/api/tasks"]) await get(path);
    assert.equal(await count("GET", "/mounted/:tenant", "200"), 1);
    assert.equal(await count("GET", "/mounted/:tenant", "5xx"), 1);
    assert.equal(await count("OTHER", "unmatched", "2xx"), 1);
    assert.equal(await count("GET", "/api/tasks", "200"), 0);
  });

  it("takes the path that was declared first, as Express does", async () => {
    const registry = new Registry();
    const routes = [
      { method: "POST", path: "/a/:other", codes: [200] },
      { method: "GET", path: "/a/:id", codes: [200] },
      { method: "GET", path: "/a/mine", codes: [200] },
    ];
    const app = express();
    app.use(httpMetrics({ registry, routes }).middleware);
    app.get("/a/:id", (_request, response) => response.end());
    const { url, stop } = await listen(createServer(app));
    await (await fetch(`${url}/a/mine`)).text();
    await stop();
    const labels = { method: "GET", route: "/a/:id", code: "200" };
    const families = parseMetrics(await registry.metrics());
    assert.equal(valueOf(families, "http_request_duration_seconds_count", labels), 1);
  });

  it("refuses a route with more codes than the limit of series allows for", () => {
    const codes = Array.from({ length: 13 }, (_, index) => 400 + index);
    assert.throws(
      () =>
        httpMetrics({ registry: new Registry(), routes: [{ method: "GET", path: "/", codes }] }),
      /GET \/ declares 13 codes; it must be at most 12\./,
    );
  });

  it("counts what the body parser refuses, under the route", async () => {
    app.post("/api/tasks", express.json({ limit: 10 }), (_request, response) => response.end());
    app.use(quietly);
    await (await sendJson(`${url}/api/tasks`, "POST", "{")).text();
    await (await sendJson(`${url}/api/tasks`, "POST", { long: "enough" })).text();
    assert.equal(await count("POST", "/api/tasks", "4xx"), 2);
    assert.equal(await errors("POST", "/api/tasks", "400"), 1);
    assert.equal(await errors("POST", "/api/tasks", "413"), 1);
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
    assert.equal(await count("OTHER", "unmatched", "499"), 1);
    assert.equal(await errors("GET", "/api/tasks", "499"), 1);
    assert.equal(await count("GET", "/api/tasks", "200"), 0);
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
    assert.equal(await count("OTHER", "unmatched", "499"), 1);
    assert.equal(await errors("POST", "/api/tasks", "499"), 1);
    assert.equal(await count("POST", "/api/tasks", "4xx"), 0);
  });

  // An answer that breaks off on this side is this side's failure, though its headers said 200.
  for (const [how, breakOff] of Object.entries({
    "throws after the headers": () => {
      throw new Error("on purpose");
    },
    "destroys its answer": (response: express.Response) => response.destroy(),
    "destroys the connection": (response: express.Response) => response.socket?.destroy(),
    "pipes a source that fails": (response: express.Response) => {
      const source = new Readable({ read: () => source.destroy(new Error("on purpose")) });
      pipeline(source, response, () => undefined);
    },
  })) {
    it(`counts a handler that ${how} as 500, not as a client that hung up`, async () => {
      app.get("/api/tasks", async (_request, response) => {
        await new Promise<void>((resolve) =>
          response.write("begun", () => {
            resolve();
          }),
        );
        breakOff(response);
      });
      app.use(quietly);
      await assert.rejects(get("/api/tasks"), TypeError);
      await until(async () => (await value("http_requests_in_flight")) === 0);
      assert.equal(await count("GET", "/api/tasks", "5xx"), 1);
      assert.equal(await errors("GET", "/api/tasks", "500"), 1);
      assert.equal(await count("OTHER", "unmatched", "499"), 0);
    });
  }

  it("counts a client that leaves in the middle of the answer as 499", async () => {
    app.get("/api/tasks", (_request, response) => {
      response.write("begun");
    });
    await raw(url, "GET /api/tasks HTTP/1.1\r\nHost: a\r\n\r\n", 30);
    await until(async () => (await errors("GET", "/api/tasks", "499")) === 1);
    assert.equal(await count("GET", "/api/tasks", "5xx"), 0);
  });

  it("can be observed into, reset and asked for exemplars through the registry", async () => {
    app.get("/api/tasks", (_request, response) => response.end());
    await get("/api/tasks");
    const durations = registry.getSingleMetric("http_request_duration_seconds");
    assert.ok(durations instanceof Histogram);
    const labels = { method: "GET", route: "/api/tasks", code: "200" };
    durations.observe({ labels, value: 3, exemplarLabels: { trace_id: "abc" } });
    assert.equal(await count("GET", "/api/tasks", "200"), 2);
    const { values } = await durations.get();
    assert.match(JSON.stringify(values), /"trace_id":"abc"/);
    registry.resetMetrics();
    assert.equal(await count("GET", "/api/tasks", "200"), undefined);
    await get("/api/tasks");
    assert.equal(await count("GET", "/api/tasks", "200"), 1);
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

  it("has 16 series for each method, route and code", async () => {
    const families = parseMetrics(await registry.metrics());
    const { samples = [] } = families.get("http_request_duration_seconds") ?? {};
    const ofOne = samples.filter(
      ({ labels: { method, route, code } }) =>
        method === "GET" && route === "/api/tasks" && code === "200",
    );
    assert.equal(ofOne.length, 16);
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

  it("starts the series of an objective at 0: a route's success, client errors and failures", async () => {
    const known = new Registry();
    const routes = [
      { method: "GET", path: "/api/tasks", codes: [200] },
      { method: "GET", path: "/probe", codes: [200], fromStart: false },
    ];
    httpMetrics({ registry: known, routes });
    const families = parseMetrics(await known.metrics());
    const { samples = [] } = families.get("http_request_duration_seconds") ?? {};
    assert.deepEqual(
      samples
        .filter(({ name }) => name.endsWith("_count"))
        .map(({ labels: { method, route, code }, value }) => [method, route, code, value]),
      [
        ["OTHER", "unmatched", "4xx", 0],
        ["OTHER", "unmatched", "499", 0],
        ["GET", "/api/tasks", "200", 0],
        ["GET", "/api/tasks", "4xx", 0],
        ["GET", "/api/tasks", "5xx", 0],
      ],
    );
  });

  it("can be copied alone, with its labels: it imports nothing else of the service", () => {
    const imported = ["http-metrics", "request-labels"].flatMap((name) => {
      const source = readFileSync(`src/skeleton/${name}.ts`, "utf8");
      return [...source.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
    });
    assert.deepEqual(imported, [
      "node:http",
      "@prometheus-io/client",
      "./request-labels.js",
      "path-to-regexp",
    ]);
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

  function errors(method: string, route: string, code: string) {
    return value("http_request_errors_total", { method, route, code });
  }

  async function routesSeen(): Promise<Set<string | undefined>> {
    const families = parseMetrics(await registry.metrics());
    const { samples = [] } = families.get("http_request_duration_seconds") ?? {};
    const counted = samples.filter(({ name, value }) => name.endsWith("_count") && value > 0);
    return new Set(counted.map(({ labels }) => labels.route));
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
