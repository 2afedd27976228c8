import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Observation } from "./http-metrics.js";
import { failure } from "./problem.js";
import { isSystemRoute } from "./system-routes.js";

export interface RequestLogArgs {
  readonly log: Logger;
  /** The share of the requests that are logged although nothing is the matter, 0 to 1. */
  readonly sample: number;
  /** A request that takes longer is logged, in milliseconds. */
  readonly slowMs: number;
}

export interface RequestLog {
  /** Gives the request an id, which the client gets as `X-Request-Id`. */
  readonly onStarted: (request: IncomingMessage, response: ServerResponse) => void;
  /** Logs a request that is over, and gives the exemplar that leads from its metric to the line. */
  readonly onObserved: (observation: Observation) => Record<string, string> | undefined;
}

/**
 * One line for each request that failed (5xx), was slow, or is one of the sample. The others are
 * counted by the metrics; a line for each would cost more than answering it. Probes and scrapes
 * have a line only when the service made a mistake: readiness says itself when it changes.
 *
 * The line has the path without its query, which may hold names of users.
 */
export function requestLog({ log, sample, slowMs }: RequestLogArgs): RequestLog {
  return {
    onStarted: (request, response) => {
      const id = requestId(request);
      (response as IdentifiedResponse)[requestIdOf] = id;
      response.setHeader("X-Request-Id", id);
    },
    onObserved: (observation) => {
      const { response, method, route, code, seconds } = observation;
      if (!isLogged(observation)) return undefined;
      const { originalUrl = response.req.url ?? "" }: RoutedRequest = response.req;
      const { [requestIdOf]: id, [failure]: error } = response as IdentifiedResponse;
      const line = {
        requestId: id,
        // The label says OTHER for a method that the route does not have; the line says which.
        method: response.req.method ?? method,
        route,
        path: originalUrl.split("?", 1)[0]?.slice(0, 200),
        code,
        durationMs: Math.round(seconds * 1e6) / 1e3,
        ...(error !== undefined && { err: error }),
      };
      if (code >= 500) log.error(line, "request failed");
      else log.info(line, seconds * 1000 > slowMs ? "slow request" : "request");
      return id === undefined ? undefined : { request_id: id };
    },
  };

  function isLogged({ route, code, seconds }: Observation): boolean {
    if (isSystemRoute(route)) return code >= 500 && code !== 503;
    return code >= 500 || seconds * 1000 > slowMs || Math.random() < sample;
  }
}

/** Takes the id that a proxy set, if it is one that cannot do harm in a log; else makes one. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

const requestIdOf = Symbol("requestId");

type IdentifiedResponse = ServerResponse & { [requestIdOf]?: string; [failure]?: unknown };

type RoutedRequest = IncomingMessage & { originalUrl?: string };
