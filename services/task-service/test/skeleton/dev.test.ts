import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Agent, get } from "node:http";

it("npm run dev answers again within seconds of a save, though a browser keeps its connection", async function () {
  this.timeout(30_000);
  // A copy, so that the save is not one of the real file.
  const copy = mkdtempSync(path.join(tmpdir(), "task-service-dev-"));
  for (const file of ["src", "package.json", "tsconfig.json", "dev.env"]) {
    cpSync(file, path.join(copy, file), { recursive: true });
  }
  symlinkSync(path.resolve("node_modules"), path.join(copy, "node_modules"));
  const child = spawn("npm", ["run", "dev"], {
    cwd: copy,
    env: { ...process.env, PORT: "0", HOST: "127.0.0.1" },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const agent = new Agent({ keepAlive: true });
  try {
    let savedAt = 0;
    for await (const line of createInterface(child.stdout)) {
      const [, port] = /"port":(\d+)/.exec(line) ?? [];
      if (port !== undefined && savedAt > 0) break;
      if (port !== undefined) {
        await new Promise((resolve) => {
          const url = `http://127.0.0.1:${port}/health/liveness`;
          get(url, { agent }, (response) => response.resume().on("end", resolve));
        });
        savedAt = performance.now();
        utimesSync(path.join(copy, "src/main.ts"), new Date(), new Date());
      }
    }
    const ms = performance.now() - savedAt;
    // Most of it is Node's start; before, it waited for a load balancer that is not there.
    assert.ok(ms < 4_000, `${ms.toFixed(0)} ms`);
    console.log(`      restarted in ${ms.toFixed(0)} ms`);
  } finally {
    agent.destroy();
    // npm, tsx and the service, which it started in a group of their own.
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    rmSync(copy, { recursive: true });
  }
});
