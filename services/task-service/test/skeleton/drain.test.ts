import assert from "node:assert/strict";
import { Agent, createServer, get, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { drain } from "../../src/skeleton/drain.js";
import { kill, type ServiceProcess, startProcess } from "../service-process.js";

const log = pino({ level: "silent" });

describe("draining", () => {
  let server: Server;
  let url: string;
  const agent = new Agent({ keepAlive: true });

  async function serve(listener: RequestListener): Promise<void> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port.toString()}`;
  }
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("lets a request in flight finish, and ends long before keep-alive would", async () => {
    await serve((_request, response) => {
      setTimeout(() => response.end("done"), 300);
    });
    server.keepAliveTimeout = 60_000;
    const inFlight = ask(url, agent);
    await new Promise((resolve) => server.once("request", resolve));
    const start = performance.now();
    const finished = await drain({ server, log, stopBeingReady, delayMs: 0, deadlineMs: 5_000 });
    assert.equal(finished, true);
    assert.equal((await inFlight).body, "done");
    assert.ok(performance.now() - start < 2_000);
  });

  it("listens for the delay, and asks clients to leave their connections", async () => {
    await serve((_request, response) => response.end("here"));
    assert.equal((await ask(url, agent)).connection, "keep-alive");
    let ready = true;
    const stopBeingReady = () => {
      ready = false;
    };
    const drained = drain({ server, log, stopBeingReady, delayMs: 200, deadlineMs: 5_000 });
    assert.equal(ready, false);
    assert.deepEqual(await ask(url, agent), { status: 200, body: "here", connection: "close" });
    assert.equal(await drained, true);
    await assert.rejects(ask(url, agent), { code: "ECONNREFUSED" });
  });

  it("cuts what is still open at the deadline, and says so", async () => {
    await serve(() => {
      // Never answers.
    });
    const cut = assert.rejects(ask(url, agent), { code: "ECONNRESET" });
    await new Promise((resolve) => server.once("request", resolve));
    const start = performance.now();
    const finished = await drain({ server, log, stopBeingReady, delayMs: 0, deadlineMs: 200 });
    assert.equal(finished, false);
    assert.ok(performance.now() - start < 1_000);
    await cut;
  });
});

describe("two instances behind one that, like a Service, sends only to ready ones", () => {
  const instances: ServiceProcess[] = [];

  beforeEach(async () => {
    const environment = { DRAIN_DELAY_MS: "1000", DRAIN_DEADLINE_MS: "5000" };
    instances.push(await startProcess({ environment }), await startProcess({ environment }));
  });
  afterEach(async () => {
    await Promise.all(instances.splice(0).map(kill));
  });

  it("lose no request when one gets SIGTERM under load", async () => {
    const [leaving, staying] = instances;
    assert.ok(leaving !== undefined && staying !== undefined);
    const client = new ServiceLikeClient([leaving.url, staying.url]);
    await client.run(20, async () => {
      await sleep(700);
      const before = client.answered(leaving.url);
      assert.ok(before > 20, `${before.toString()} answers before SIGTERM`);
      leaving.child.kill("SIGTERM");
      await sleep(500);
      assert.equal((await ask(`${leaving.url}/health/readiness`)).status, 503);
      assert.equal((await ask(`${leaving.url}/health/liveness`)).status, 200);
      assert.equal(await leaving.exited, 0);
      await sleep(300);
    });
    assert.deepEqual(client.failures, []);
    assert.ok(client.answered(staying.url) > client.answered(leaving.url));
  });
});

/** Polls readiness and spreads requests over the ready instances, on kept-alive connections. */
class ServiceLikeClient {
  readonly failures: string[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private readonly counts = new Map<string, number>();
  private ready: string[] = [];
  private running = true;

  constructor(private readonly urls: readonly string[]) {}

  answered(url: string): number {
    return this.counts.get(url) ?? 0;
  }

  /** Keeps `workers` requests going for as long as the given scene takes. */
  async run(workers: number, scene: () => Promise<void>): Promise<void> {
    const poll = this.poll();
    await sleep(200);
    const work = Array.from({ length: workers }, (_, worker) => this.work(worker));
    try {
      await scene();
    } finally {
      this.running = false;
      await Promise.all([poll, ...work]);
      this.agent.destroy();
    }
  }

  private async poll(): Promise<void> {
    while (this.running) {
      const ready: string[] = [];
      for (const url of this.urls) {
        const status = await ask(`${url}/health/readiness`).then(
          (answer) => answer.status,
          () => 0,
        );
        if (status === 200) ready.push(url);
      }
      this.ready = ready;
      await sleep(100);
    }
  }

  private async work(worker: number): Promise<void> {
    for (let turn = worker; this.running; turn++) {
      const url = this.ready[turn % this.ready.length];
      if (url === undefined) {
        this.failures.push("no instance is ready");
        await sleep(50);
        continue;
      }
      try {
        const { status } = await ask(`${url}/health/liveness`, this.agent);
        if (status === 200) this.counts.set(url, this.answered(url) + 1);
        else this.failures.push(`${url}: ${status.toString()}`);
      } catch (error) {
        this.failures.push(`${url}: ${String(error)}`);
      }
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly connection: string | undefined;
}

function ask(url: string, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, body: Buffer.concat(chunks).toString(), connection: headers.connection });
      });
    }).on("error", reject);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function stopBeingReady(): void {
  // What these servers lack.
}
