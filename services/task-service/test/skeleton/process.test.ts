import assert from "node:assert/strict";
import { kill, type ServiceProcess, startProcess } from "../service-process.js";

describe("the process", () => {
  let service: ServiceProcess | undefined;
  afterEach(async () => {
    if (service !== undefined) await kill(service);
  });

  it("logs an error that nobody caught as a JSON line, drains, and fails", async () => {
    const fault = "process.once('SIGUSR2', () => { throw new Error('a mistake') })";
    service = await startProcess({
      args: ["--import", "tsx", "--import", `data:text/javascript,${fault}`, "src/main.ts"],
      environment: { DRAIN_DELAY_MS: "300" },
    });
    service.child.kill("SIGUSR2");
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await fetch(`${service.url}/health/readiness`)).status, 503, "it drains");
    assert.equal(await service.exited, 1);
    const fatal = service.log.find(({ level }) => level === "fatal");
    assert.equal(fatal?.msg, "uncaught error: the process ends");
    assert.match(JSON.stringify(fatal), /a mistake/);
  });

  it("ends within a second of SIGTERM where nothing is to be waited for", async () => {
    service = await startProcess({ environment: { DRAIN_DELAY_MS: "0" } });
    await (await fetch(`${service.url}/health/liveness`)).text();
    const start = performance.now();
    service.child.kill("SIGTERM");
    assert.equal(await service.exited, 0);
    assert.ok(performance.now() - start < 1_000);
  });

  it("says which setting is wrong, and fails", async () => {
    const start = startProcess({ environment: { PORT: "http" } });
    await assert.rejects(start, /exited with 1 .*PORT is \\"http\\"; it must be a whole number/);
  });
});
