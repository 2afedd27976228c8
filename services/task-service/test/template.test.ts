import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { scrape, valueOf } from "./metrics-text.js";
import { kill, type ServiceProcess, startProcess } from "./service-process.js";

/** What the README says to delete, and the domain that it begins with. */
const domainFolders = ["src/domain", "test/domain", "bench", "load"];
const threeLines = `import type { CreateDomain, Route } from "../skeleton/domain.js";
const hello: Route = { method: "GET", path: "/hello", codes: [200], handlers: [(_request, response) => void response.send("hello")] };
export const createDomain: CreateDomain = () => ({ routes: [hello] });
`;

describe("a copy of the service with a domain of three lines", () => {
  let copy: string;
  let service: ServiceProcess | undefined;

  before(() => {
    copy = mkdtempSync(path.join(tmpdir(), "task-service-copy-"));
    const left = new Set(["node_modules", "dist", ...domainFolders]);
    cpSync(".", copy, { recursive: true, filter: (file) => !left.has(file) });
    symlinkSync(path.resolve("node_modules"), path.join(copy, "node_modules"));
    mkdirSync(path.join(copy, "src/domain"));
    writeFileSync(path.join(copy, "src/domain/domain.ts"), threeLines);
  });
  afterEach(async () => {
    if (service !== undefined) await kill(service);
  });
  after(() => {
    rmSync(copy, { recursive: true });
  });

  it("compiles, starts, answers and is scraped", async function () {
    this.timeout(60_000);
    inCopy("npm", "run", "typecheck");
    inCopy("npm", "run", "build");
    service = await startProcess({ cwd: copy, args: ["dist/main.js"] });
    assert.equal(await (await fetch(`${service.url}/hello`)).text(), "hello");
    assert.equal((await fetch(`${service.url}/health/readiness`)).status, 200);
    const labels = { method: "GET", route: "/hello", code: "200" };
    const families = await scrape(service.url);
    assert.equal(valueOf(families, "http_request_duration_seconds_count", labels), 1);
  });

  it("passes the skeleton's tests", function () {
    this.timeout(120_000);
    const output = inCopy("npx", "mocha", "test/skeleton/*.test.ts");
    assert.match(output, /^ +\d\d+ passing/m);
    assert.doesNotMatch(output, /failing|pending/);
  });

  /** What a command says, or an error that shows it. */
  function inCopy(command: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: "utf8" });
    if (status !== 0) assert.fail(`${command} ${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  }
});
