import type { Logger } from "pino";

export interface ReadinessArgs {
  /** Resolves when what the service depends on answers. */
  readonly ping: () => Promise<void>;
  readonly log: Logger;
  /**
   * How long an answer of `ping` is used again, in milliseconds: probes of many kinds must not
   * become load on the store.
   * @default 5000
   */
  readonly cacheMs?: number;
  /** After how many milliseconds a `ping` counts as failed. @default 2000 */
  readonly timeoutMs?: number;
}

export type ReadinessState = "ready" | "draining" | "store unavailable";

/** Whether this process should be sent requests. */
export class Readiness {
  private draining = false;
  private checkedAt = Number.NEGATIVE_INFINITY;
  private check: Promise<boolean> = Promise.resolve(false);

  constructor(private readonly args: ReadinessArgs) {}

  /** From now on the answer is "draining". */
  drain(): void {
    this.draining = true;
  }

  async state(): Promise<ReadinessState> {
    if (this.draining) return "draining";
    const { cacheMs = 5_000 } = this.args;
    if (performance.now() - this.checkedAt >= cacheMs) {
      this.checkedAt = performance.now();
      this.check = this.reachable();
    }
    return (await this.check) ? "ready" : "store unavailable";
  }

  private async reachable(): Promise<boolean> {
    const { ping, log, timeoutMs = 2_000 } = this.args;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${timeoutMs.toString()} ms`));
      }, timeoutMs);
    });
    try {
      await Promise.race([ping(), timeout]);
      return true;
    } catch (error) {
      log.warn({ err: error }, "store check failed: not ready");
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
