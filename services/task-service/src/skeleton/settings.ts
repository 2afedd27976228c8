import { z } from "zod";
import { readEnvironment, share, whole } from "./environment.js";

/** What the environment decides about the process; the domain reads what is its own. */
export interface Settings {
  readonly port: number;
  /** @default every interface */
  readonly host?: string;
  readonly logLevel: (typeof logLevels)[number];
  /** The share of the requests that are logged although nothing is the matter with them, 0 to 1. */
  readonly logSample: number;
  /** A request that takes longer is logged, in milliseconds. */
  readonly logSlowMs: number;
  /** When a request is answered with 503 if its handler has not answered it, in milliseconds. */
  readonly requestDeadlineMs: number;
  /** When a request that has not arrived whole is answered with 408, in milliseconds. */
  readonly arrivalTimeoutMs: number;
  /** More connections are refused. Each may hold a body: the bound of the memory they take. */
  readonly maxConnections: number;
  readonly drainDelayMs: number;
  readonly drainDeadlineMs: number;
  readonly keepAliveTimeoutMs: number;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const environmentSchema = z.object({
  // 0 lets the system choose; the log line "listening" says which port it became.
  PORT: whole(0, 65_535).default(3000),
  HOST: z.string().optional(),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
  LOG_SAMPLE: share().default(0.01),
  LOG_SLOW_MS: whole(1, 600_000).default(1_000),
  REQUEST_DEADLINE_MS: whole(1, 600_000).default(10_000),
  ARRIVAL_TIMEOUT_MS: whole(1, 600_000).default(10_000),
  MAX_CONNECTIONS: whole(1, 100_000).default(500),
  DRAIN_DELAY_MS: whole(0, 600_000).default(5_000),
  DRAIN_DEADLINE_MS: whole(1, 600_000).default(20_000),
  KEEP_ALIVE_TIMEOUT_MS: whole(1, 3_600_000).default(65_000),
});

/** @throws Error with one sentence per variable at fault: its name, the value got, what is allowed */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const values = readEnvironment(environmentSchema, environment);
  refuseDeadlineWithinDelay(values);
  return {
    port: values.PORT,
    ...(values.HOST !== undefined && { host: values.HOST }),
    logLevel: values.LOG_LEVEL,
    logSample: values.LOG_SAMPLE,
    logSlowMs: values.LOG_SLOW_MS,
    requestDeadlineMs: values.REQUEST_DEADLINE_MS,
    arrivalTimeoutMs: values.ARRIVAL_TIMEOUT_MS,
    maxConnections: values.MAX_CONNECTIONS,
    drainDelayMs: values.DRAIN_DELAY_MS,
    drainDeadlineMs: values.DRAIN_DEADLINE_MS,
    keepAliveTimeoutMs: values.KEEP_ALIVE_TIMEOUT_MS,
  };
}

function refuseDeadlineWithinDelay({
  DRAIN_DELAY_MS,
  DRAIN_DEADLINE_MS,
}: z.infer<typeof environmentSchema>): void {
  if (DRAIN_DEADLINE_MS > DRAIN_DELAY_MS) return;
  throw new Error(
    `DRAIN_DEADLINE_MS is ${DRAIN_DEADLINE_MS.toString()}; it must be more than ` +
      `DRAIN_DELAY_MS, which is ${DRAIN_DELAY_MS.toString()}: both count from SIGTERM.`,
  );
}
