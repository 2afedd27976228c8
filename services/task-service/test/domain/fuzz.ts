import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { kill, startProcess } from "../service-process.js";
import { emulatorCredentials, startEmulator } from "./dynamodb-emulator.js";

/**
 * Sends the service requests that Schemathesis makes from its OpenAPI document, valid and invalid
 * ones, with tasks in memory and then in a DynamoDB emulator. It fails when an answer is not what
 * the document says. `npm run fuzz -- --seconds 50 --seed 1`; exit 2 when something is missing.
 */
const [, version] = /schemathesis==(\S+)/.exec(readFileSync("requirements.txt", "utf8")) ?? [];
const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "50" },
    seed: { type: "string", default: Math.floor(Math.random() * 1e9).toString() },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log("npm run fuzz -- [--seconds 50] [--seed N]    seconds for each of the two stores");
  process.exit(0);
}
if (!/^[1-9]\d{0,3}$/.test(options.seconds)) {
  fail(`--seconds is "${options.seconds}"; it must be a whole number from 1 to 9999.`);
}

const schemathesis =
  ["schemathesis", path.join(".venv", "bin", "schemathesis")].find(
    (command) => spawnSync(command, ["--version"], { encoding: "utf8" }).stdout === expected(),
  ) ??
  fail(
    `Schemathesis ${String(version)} is missing. Fix: python3 -m venv .venv && .venv/bin/pip install -r requirements.txt`,
  );

const emulator = (await startEmulator()) ?? fail("The DynamoDB emulator is missing. Fix: npm ci");
await emulator.createTable("tasks");
try {
  const inMemory = await fuzz("memory", {});
  const inTable = await fuzz("DynamoDB", {
    ...emulatorCredentials,
    TASK_TABLE_NAME: "tasks",
    AWS_ENDPOINT: emulator.endpoint,
  });
  if (inMemory !== 0 || inTable !== 0) process.exitCode = 1;
} finally {
  await emulator.stop();
}

async function fuzz(store: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const service = await startProcess({ environment });
  // It leaves its database of cases where it runs.
  const folder = mkdtempSync(path.join(tmpdir(), "task-service-fuzz-"));
  console.log(`tasks in ${store}, seed ${options.seed}`);
  try {
    const config = ["--config-file", path.resolve("schemathesis.toml")];
    const args = ["run", `${service.url}/openapi.json`, "--checks", "all", "--workers", "1"];
    const bounds = ["--max-time", options.seconds, "--seed", options.seed];
    const command = existsSync(schemathesis) ? path.resolve(schemathesis) : schemathesis;
    // Its terminal library takes any FORCE_COLOR, even 0, for a terminal, and then fills a log.
    const environmentOfTool = { ...process.env };
    delete environmentOfTool.FORCE_COLOR;
    const child = spawn(command, [...config, ...args, ...bounds], {
      cwd: folder,
      stdio: "inherit",
      env: environmentOfTool,
    });
    const [code] = (await once(child, "exit")) as [number | null];
    return code ?? 1;
  } finally {
    await kill(service);
    rmSync(folder, { recursive: true });
  }
}

function expected(): string {
  return `schemathesis, version ${String(version)}\n`;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
