import { Agent, get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** New connections and kept ones are lost for different reasons. */
export interface ByConnection {
  fresh: number;
  kept: number;
}

/** How often a balancer asks whether a replica is ready, in milliseconds. */
const pollMs = 100;

/** Clients of two replicas who send at a fixed rate, half of them on new connections. */
export class Clients {
  readonly sent: ByConnection = { fresh: 0, kept: 0 };
  readonly lost: ByConnection = { fresh: 0, kept: 0 };
  /** What was lost, by what the client was told. */
  readonly reasons = new Map<string, number>();
  private readonly agent = new Agent({ keepAlive: true });
  /** Replicas that go, and are asked until the balancer has noticed, or they are gone. */
  private readonly leaving = new Set<string>();
  private ready: readonly string[] = [];
  private stopped = false;

  constructor(
    private readonly current: () => readonly string[],
    private readonly balance: "balancer" | "none",
  ) {}

  alsoKnows(url: string): void {
    this.leaving.add(url);
  }

  forgets(url: string): void {
    this.leaving.delete(url);
  }

  stop(): void {
    this.stopped = true;
  }

  /** Sends until `stop`; resolves when every request is answered or lost. */
  async run(perSecond: number): Promise<void> {
    const polling = this.poll();
    while (this.ready.length === 0) await delay(10);
    const open = new Set<Promise<void>>();
    const start = performance.now();
    let number = 0;
    while (!this.stopped) {
      for (const due = ((performance.now() - start) / 1000) * perSecond; number < due; number++) {
        const request = this.ask(number).finally(() => open.delete(request));
        open.add(request);
      }
      await delay(2);
    }
    await Promise.all([polling, ...open]);
    this.agent.destroy();
  }

  private async poll(): Promise<void> {
    while (!this.stopped) {
      const known = [...this.leaving, ...this.current()];
      if (this.balance === "none") this.ready = known;
      else {
        const statuses = await Promise.all(
          known.map((url) => status(`${url}/health/readiness`).catch(() => 0)),
        );
        this.ready = known.filter((_url, index) => statuses[index] === 200);
      }
      await delay(pollMs);
    }
  }

  private async ask(number: number): Promise<void> {
    const kind = number % 2 === 0 ? "fresh" : "kept";
    const url = this.ready[Math.floor(number / 2) % this.ready.length] ?? "";
    this.sent[kind] += 1;
    try {
      const code = await status(
        `${url}/api/tasks?userName=alice&start=0`,
        kind === "kept" ? this.agent : undefined,
      );
      if (code !== 200) throw new Error(code.toString());
    } catch (error) {
      this.lost[kind] += 1;
      const { code, message } = error as NodeJS.ErrnoException;
      // Who asks without a balancer learns it here.
      if (code === "ECONNREFUSED") {
        this.forgets(url);
        this.ready = this.ready.filter((other) => other !== url);
      }
      const reason = `${kind}: ${code ?? message}`;
      this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    }
  }
}

function status(url: string, agent?: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent: agent ?? false }, (response) => {
      response.resume();
      response.on("error", reject);
      response.on("end", () => {
        resolve(response.statusCode ?? 0);
      });
    }).on("error", reject);
  });
}
