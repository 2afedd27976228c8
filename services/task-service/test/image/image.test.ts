import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inside, parsedDockerfile, performDockerfile, type Stage } from "./dockerfile.js";
import { scrape, valueOf } from "../metrics-text.js";
import { node24, node24Version } from "./node-24.js";
import { kill, type ServiceProcess, startProcess } from "../service-process.js";
import { skip } from "../skip.js";

const context = process.cwd();

describe("the Dockerfile", () => {
  it("pins its bases, ends on distroless, and builds with the Node that the tests run", () => {
    const images = parsedDockerfile(context)
      .filter((instruction) => instruction.getKeyword() === "FROM")
      .map((instruction) => instruction.getArguments()[0]?.getValue() ?? "");
    const last = images.pop();
    assert.match(
      last ?? "",
      /^gcr\.io\/distroless\/nodejs24-debian13:nonroot(@sha256:[\da-f]{64})?$/,
    );
    assert.ok(images.length > 0);
    for (const image of images) assert.ok(image.startsWith(`node:${node24Version}-`), image);
  });

  it("builds an image [needs Docker]", function () {
    this.timeout(600_000);
    const { status } = spawnSync("docker", ["info"], { stdio: "ignore" });
    if (status !== 0) {
      // The one thing that CI may skip: a runner without a Docker daemon cannot have it.
      console.warn("      SKIPPED: no Docker daemon answers, so the image itself is not built");
      this.skip();
    }
    execFileSync("docker", ["build", "--quiet", context], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  });
});

describe("what the Dockerfile's steps make", () => {
  let target: string | undefined;
  let node: string;
  let stage: Stage;
  let service: ServiceProcess | undefined;

  before(function () {
    this.timeout(300_000);
    const found = node24();
    if (found === undefined) skip(this, "no Node 24 for this platform from npm");
    node = found;
    // The folder must be open to the user that the service runs as.
    target = mkdtempSync(path.join(tmpdir(), "task-service-image-"));
    chmodSync(target, 0o755);
    const stages = performDockerfile({ context, target, binaries: path.dirname(node) });
    stage = stages.at(-1) ?? assert.fail("no stage");
    // As under readOnlyRootFilesystem.
    execFileSync("chmod", ["-R", "a-w", stage.root]);
  });
  afterEach(async () => {
    if (service !== undefined) await kill(service);
  });
  after(function () {
    this.timeout(120_000);
    if (target === undefined) return;
    execFileSync("chmod", ["-R", "u+w", target]);
    rmSync(target, { recursive: true });
  });

  it("holds what runs and nothing else", () => {
    const files = readdirSync(inside(stage, "."));
    assert.deepEqual(files.sort(), ["dist", "node_modules", "package.json"]);
    const modules = readdirSync(inside(stage, "node_modules"));
    assert.ok(modules.includes("express"));
    for (const tool of ["typescript", "mocha", "autocannon"])
      assert.ok(!modules.includes(tool), tool);
  });

  it("starts on Node 24 as an unprivileged user, names its version, and ends on SIGTERM", async function () {
    this.timeout(60_000);
    assert.match(stage.user ?? "", /^[1-9]\d*$/, "a number that is not root's");
    service = await startProcess({
      command: node,
      args: stage.command,
      cwd: inside(stage, "."),
      environment: { ...stage.environment, DRAIN_DELAY_MS: "0" },
      ...(process.getuid?.() === 0 && { uid: Number(stage.user) }),
    });
    assert.equal((await fetch(`${service.url}/health/readiness`)).status, 200);
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    const families = await scrape(service.url);
    assert.equal(valueOf(families, "app_info", { version }), 1);
    const [nodeVersion] = families.get("nodejs_version_info")?.samples ?? [];
    assert.equal(
      nodeVersion?.labels.version,
      execFileSync(node, ["-p", "process.version"]).toString().trim(),
    );
    service.child.kill("SIGTERM");
    assert.equal(await service.exited, 0);
  });

  it("takes its heap limit from the memory it may use", () => {
    const limit = (options: string) => {
      const script = "v8.getHeapStatistics().heap_size_limit";
      const environment = { ...stage.environment, NODE_OPTIONS: options };
      return Number(execFileSync(node, ["-p", script], { env: environment }).toString());
    };
    const chosen = stage.environment.NODE_OPTIONS ?? "";
    const share = Number(/^--max-old-space-size-percentage=(\d+)$/.exec(chosen)?.[1]);
    assert.ok(share >= 50 && share <= 75, chosen);
    // The old space grows in proportion; the young space that heap_size_limit also counts does not.
    const [half, whole] = [
      limit(`--max-old-space-size-percentage=${(share / 2).toString()}`),
      limit(chosen),
    ];
    const [quarter] = [limit(`--max-old-space-size-percentage=${(share / 4).toString()}`)];
    const growth = (whole - half) / (half - quarter);
    assert.ok(Math.abs(growth - 2) < 0.05, growth.toString());
  });
});
