import { z } from "zod";

/** What the environment decides. Read once, at the start; nothing else reads the environment. */
export interface Settings {
  readonly port: number;
  /** @default every interface */
  readonly host?: string;
  readonly logLevel: (typeof logLevels)[number];
  /** Present: tasks live in this DynamoDB table. Absent: in memory. */
  readonly tableName?: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly memoryStoreMaxTasks: number;
  readonly drainDelayMs: number;
  readonly drainDeadlineMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly faultRate: number;
  readonly faultDelayMs: number;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const whole = (least: number, most: number) => {
  const rule = `must be a whole number from ${least.toString()} to ${most.toString()}`;
  return z
    .string()
    .regex(/^\d+$/, rule)
    .transform(Number)
    .pipe(z.int(rule).min(least, rule).max(most, rule));
};
const shareRule = "must be a number from 0 to 1";

const environmentSchema = z.object({
  // 0 lets the system choose; the log line "listening" says which port it became.
  PORT: whole(0, 65_535).default(3000),
  HOST: z.string().optional(),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
  NODE_ENV: z.string().optional(),
  TASK_TABLE_NAME: z
    .string()
    .regex(/^[\w.-]{3,255}$/, "must be a table name: 3 to 255 of the characters a-z A-Z 0-9 _ . -")
    .optional(),
  AWS_REGION: z.string().optional(),
  AWS_DEFAULT_REGION: z.string().optional(),
  AWS_ENDPOINT: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .optional(),
  MEMORY_STORE_MAX_TASKS: whole(1, 1_000_000).default(10_000),
  DRAIN_DELAY_MS: whole(0, 600_000).default(5_000),
  DRAIN_DEADLINE_MS: whole(1, 600_000).default(20_000),
  KEEP_ALIVE_TIMEOUT_MS: whole(1, 3_600_000).default(65_000),
  FAULT_RATE: z
    .string()
    .regex(/^\d*\.?\d+$/, shareRule)
    .transform(Number)
    .pipe(z.number().max(1, shareRule))
    .default(0),
  FAULT_DELAY_MS: whole(0, 60_000).default(0),
});

/**
 * The settings that an environment gives. An empty variable counts as absent, as a manifest often
 * has no other way to leave one out.
 *
 * @throws Error with one sentence per variable at fault: its name, the value got, what is allowed
 */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== ""),
  );
  const result = environmentSchema.safeParse(present);
  if (!result.success) {
    throw new Error(
      result.error.issues
        .map(({ path, message }) => {
          const name = path.join(".");
          return `${name} is "${present[name] ?? ""}"; it ${message}.`;
        })
        .join(" "),
    );
  }
  const values = result.data;
  refuseFaultsInProduction(values);
  refuseDeadlineWithinDelay(values);
  return {
    port: values.PORT,
    ...(values.HOST !== undefined && { host: values.HOST }),
    logLevel: values.LOG_LEVEL,
    ...(values.TASK_TABLE_NAME !== undefined && { tableName: values.TASK_TABLE_NAME }),
    region: values.AWS_REGION ?? values.AWS_DEFAULT_REGION ?? "ap-northeast-1",
    ...(values.AWS_ENDPOINT !== undefined && { endpoint: values.AWS_ENDPOINT }),
    memoryStoreMaxTasks: values.MEMORY_STORE_MAX_TASKS,
    drainDelayMs: values.DRAIN_DELAY_MS,
    drainDeadlineMs: values.DRAIN_DEADLINE_MS,
    keepAliveTimeoutMs: values.KEEP_ALIVE_TIMEOUT_MS,
    faultRate: values.FAULT_RATE,
    faultDelayMs: values.FAULT_DELAY_MS,
  };
}

type Environment = z.infer<typeof environmentSchema>;

function refuseFaultsInProduction({ NODE_ENV, FAULT_RATE, FAULT_DELAY_MS }: Environment): void {
  if (NODE_ENV !== "production" || (FAULT_RATE === 0 && FAULT_DELAY_MS === 0)) return;
  throw new Error(
    `FAULT_RATE is ${FAULT_RATE.toString()} and FAULT_DELAY_MS is ${FAULT_DELAY_MS.toString()}; ` +
      "with NODE_ENV=production both must be 0 or absent.",
  );
}

function refuseDeadlineWithinDelay({ DRAIN_DELAY_MS, DRAIN_DEADLINE_MS }: Environment): void {
  if (DRAIN_DEADLINE_MS > DRAIN_DELAY_MS) return;
  throw new Error(
    `DRAIN_DEADLINE_MS is ${DRAIN_DEADLINE_MS.toString()}; it must be more than ` +
      `DRAIN_DELAY_MS, which is ${DRAIN_DELAY_MS.toString()}: both count from SIGTERM.`,
  );
}
