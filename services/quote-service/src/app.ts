import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { context, type Meter } from "@opentelemetry/api";
import { getRPCMetadata } from "@opentelemetry/core";
import { quotes } from "./quotes.ts";

/** A path's pattern as its metrics have it, what it matches, and its answer. */
interface Route {
  readonly route: string;
  readonly path: RegExp;
  readonly answer: (response: ServerResponse, id: string, request: IncomingMessage) => void;
}

/** @param exportMetrics answers GET /metrics */
export function createApp(meter: Meter, exportMetrics: RequestListener): RequestListener {
  const served = meter.createCounter("quotes.served", { description: "Quotes served" });
  const sendQuote = (response: ServerResponse, index: number): void => {
    const quote = quotes[index];
    if (quote) served.add(1);
    send(response, quote ? 200 : 404, quote ?? { error: "no quote has this id" });
  };
  const health = (check: string): Route => ({
    route: `/health/${check}`,
    path: new RegExp(`^/health/${check}$`),
    answer: (response) => {
      send(response, 200, { [check]: "OK" });
    },
  });
  const routes: readonly Route[] = [
    {
      route: "/quotes/random",
      path: /^\/quotes\/random$/,
      answer: (response) => {
        sendQuote(response, Math.floor(Math.random() * quotes.length));
      },
    },
    {
      route: "/quotes/{id}",
      path: /^\/quotes\/([^/]+)$/,
      answer: (response, id) => {
        sendQuote(
          response,
          quotes.findIndex((quote) => quote.id === id),
        );
      },
    },
    ...["startup", "liveness", "readiness"].map(health),
    {
      route: "/metrics",
      path: /^\/metrics$/,
      answer: (response, _id, request) => {
        exportMetrics(request, response);
      },
    },
  ];
  return (request, response) => {
    const [pathname = ""] = (request.url ?? "").split("?");
    const found = routes.find(({ path }) => path.test(pathname));
    if (!found) {
      send(response, 404, { error: "no such path" });
      return;
    }
    const metadata = getRPCMetadata(context.active());
    if (metadata) metadata.route = found.route;
    if (request.method === "GET") {
      found.answer(response, found.path.exec(pathname)?.[1] ?? "", request);
    } else {
      send(response, 405, { error: "GET only" });
    }
  };
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
