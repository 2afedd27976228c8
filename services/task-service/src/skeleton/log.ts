import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Logger, pino } from "pino";
import { type HttpLogger, pinoHttp } from "pino-http";
import type { Settings } from "./settings.js";

/** Writes JSON lines to stdout, with the time in ISO 8601 and the level as a word. */
export function createLog(level: Settings["logLevel"]): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

/**
 * One line per request, with its id, which the client also gets as `X-Request-Id`. Probes and
 * scrapes are logged only when they fail.
 */
export function requestLog(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    genReqId: requestId,
    quietReqLogger: true,
    customAttributeKeys: { reqId: "requestId", responseTime: "durationMs" },
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    customLogLevel: (request, response, error) => {
      if (response.statusCode >= 500 || error !== undefined) return "error";
      return isProbe(request) ? "silent" : "info";
    },
  });
}

/** Takes the id that a proxy set, if it is one that cannot do harm in a log; else makes one. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers["x-request-id"];
  const id = typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
  response.setHeader("X-Request-Id", id);
  return id;
}

function isProbe({ url = "" }: IncomingMessage): boolean {
  return url.startsWith("/health/") || url.startsWith("/metrics");
}
