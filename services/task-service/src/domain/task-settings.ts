import { z } from "zod";
import { readEnvironment, share, whole } from "../skeleton/environment.js";

/** What the environment decides about tasks and where they are kept. */
export interface TaskSettings {
  /** Present: tasks live in this DynamoDB table. Absent: in memory. */
  readonly tableName?: string;
  readonly region: string;
  readonly endpoint?: string;
  /** How long one call of the store may take, in milliseconds. */
  readonly storeTimeoutMs: number;
  readonly memoryStoreMaxTasks: number;
  readonly memoryStoreMaxBytes: number;
  readonly faultRate: number;
  readonly faultDelayMs: number;
}

const environmentSchema = z.object({
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
  STORE_TIMEOUT_MS: whole(1, 60_000).default(3_000),
  MEMORY_STORE_MAX_TASKS: whole(1, 1_000_000).default(10_000),
  MEMORY_STORE_MAX_BYTES: whole(1, 1e10).default(48 * 1024 * 1024),
  FAULT_RATE: share().default(0),
  FAULT_DELAY_MS: whole(0, 60_000).default(0),
});

/** @throws Error with one sentence per variable at fault: its name, the value got, what is allowed */
export function taskSettingsFrom(environment: NodeJS.ProcessEnv): TaskSettings {
  const values = readEnvironment(environmentSchema, environment);
  refuseFaultsInProduction(values);
  return {
    ...(values.TASK_TABLE_NAME !== undefined && { tableName: values.TASK_TABLE_NAME }),
    region: values.AWS_REGION ?? values.AWS_DEFAULT_REGION ?? "ap-northeast-1",
    ...(values.AWS_ENDPOINT !== undefined && { endpoint: values.AWS_ENDPOINT }),
    storeTimeoutMs: values.STORE_TIMEOUT_MS,
    memoryStoreMaxTasks: values.MEMORY_STORE_MAX_TASKS,
    memoryStoreMaxBytes: values.MEMORY_STORE_MAX_BYTES,
    faultRate: values.FAULT_RATE,
    faultDelayMs: values.FAULT_DELAY_MS,
  };
}

function refuseFaultsInProduction({
  NODE_ENV,
  FAULT_RATE,
  FAULT_DELAY_MS,
}: z.infer<typeof environmentSchema>): void {
  if (NODE_ENV !== "production" || (FAULT_RATE === 0 && FAULT_DELAY_MS === 0)) return;
  throw new Error(
    `FAULT_RATE is ${FAULT_RATE.toString()} and FAULT_DELAY_MS is ${FAULT_DELAY_MS.toString()}; ` +
      "with NODE_ENV=production both must be 0 or absent.",
  );
}
