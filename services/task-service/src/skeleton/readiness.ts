import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";

export interface ReadinessArgs {
  /** Resolves when what the service depends on answers. */
  readonly check: () => Promise<void>;
  readonly log: Logger;
  /** How long after a failed check the next one begins, in milliseconds. @default 1000 */
  readonly retryMs?: number;
  /** After how many milliseconds a check counts as failed. @default 2000 */
  readonly timeoutMs?: number;
}

export type ReadinessState = "ready" | "draining" | "dependencies not reached yet";

/**
 * Whether this process should be sent requests: from the first answer of its dependencies on, and
 * until it drains. So a rollout with a wrong table name or without a permission stops here; but
 * replicas that share a store do not all leave when that store is slow or away, which would turn
 * some errors into an outage.
 */
export class Readiness {
  private draining = false;
  private reached = false;
  private firstCheckOver = false;

  constructor(private readonly args: ReadinessArgs) {}

  get state(): ReadinessState {
    if (this.draining) return "draining";
    return this.reached ? "ready" : "dependencies not reached yet";
  }

  /** Whether the first check is over, well or not: the startup probe waits for no store. */
  get started(): boolean {
    return this.firstCheckOver;
  }

  /** From now on the state is "draining". */
  drain(): void {
    this.draining = true;
  }

  /** Checks until it succeeds or drains. Never rejects. */
  async start(): Promise<void> {
    const { check, log, retryMs = 1_000, timeoutMs = 2_000 } = this.args;
    let failures = 0;
    while (!this.draining) {
      try {
        await within(timeoutMs, check());
        this.reached = true;
        log.info({ failures }, "dependencies answer: ready");
        return;
      } catch (error) {
        failures += 1;
        // Once, and not at every try: what is wrong seldom changes.
        if (failures === 1) log.error({ err: error }, "dependencies do not answer: not ready");
      } finally {
        this.firstCheckOver = true;
      }
      await delay(retryMs, undefined, { ref: false });
    }
  }
}

async function within(ms: number, answer: Promise<void>): Promise<void> {
  const end = new AbortController();
  const tooLate = delay(ms, undefined, { signal: end.signal }).then(() => {
    throw new Error(`no answer within ${ms.toString()} ms`);
  });
  try {
    await Promise.race([answer, tooLate]);
  } finally {
    // What is left of the delay, whose rejection is nobody's concern.
    tooLate.catch(() => undefined);
    end.abort();
  }
}
