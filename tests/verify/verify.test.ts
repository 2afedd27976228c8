import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../verification/free-port";
import { type Answers, GrafanaStandIn } from "../components/stack-check/grafana-stand-in";
import { ROOT } from "../support/simulated";

const PASSWORD = "p4ssword";
const ALIVE = {
  "task-service": 'up{job="task-service"}',
  "quote-service": 'up{job="quote-service"}',
};

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Given {
  readonly grafana?: Partial<Answers>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  /** What the stub of the CLI does. @default prints the outputs */
  readonly pulumi?: string;
}

/** Runs the command with a pulumi that knows a stack's outputs, and a Grafana that answers. */
async function verify(given: Given = {}): Promise<Run> {
  const grafana = await GrafanaStandIn.start({
    password: PASSWORD,
    series: { [ALIVE["task-service"]]: [1, 1], [ALIVE["quote-service"]]: [1] },
    ...given.grafana,
  });
  const folder = mkdtempSync(path.join(tmpdir(), "verify-"));
  try {
    const outputs = {
      grafanaUrl: grafana.url,
      grafanaAdminUser: "admin",
      grafanaAdminPassword: PASSWORD,
      services: Object.fromEntries(
        Object.entries(ALIVE).map(([name, alive]) => [name, { image: "i", url: "u", alive }]),
      ),
      ...given.outputs,
    };
    writeFileSync(path.join(folder, "outputs.json"), JSON.stringify(outputs));
    const stub = path.join(folder, "pulumi");
    const print = `echo "$@" >${folder}/asked; cat ${folder}/outputs.json`;
    writeFileSync(stub, `#!/bin/sh\n${given.pulumi ?? print}\n`);
    chmodSync(stub, 0o755);
    const { args = ["--stack", "prod", "--timeout", "2"] } = given;
    return await run(args, {
      ...process.env,
      PATH: `${folder}${path.delimiter}${process.env.PATH ?? ""}`,
    });
  } finally {
    rmSync(folder, { recursive: true });
    await grafana.stop();
  }
}

const run = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> =>
  new Promise((resolve) => {
    const command = ["-r", "./register.cjs", "verify/main.ts", ...args];
    execFile(process.execPath, command, { cwd: ROOT, env }, (error, stdout, stderr) => {
      assert.ok(!`${stdout}${stderr}`.includes(PASSWORD), "the password is printed");
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

describe("npm run verify", () => {
  it("prints a table and ends with 0 where all is well", async () => {
    const { code, stdout, stderr } = await verify();
    assert.equal(stderr, "");
    assert.deepEqual(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/ {2,}/)),
      [
        ["check", "result", "found"],
        ["127.0.0.1 has an address", "yes", "127.0.0.1"],
        ["Grafana answers there", "yes", "version 13.2.0"],
        ["Grafana takes the password", "yes", "as admin"],
        ["Grafana reaches Prometheus", "yes", "Successfully queried the Prometheus API."],
        ["task-service is watched", "yes", "2 of 2 up"],
        ["quote-service is watched", "yes", "1 of 1 up"],
      ],
    );
    assert.equal(code, 0);
  });

  it("asks the CLI for the outputs of the stack that is named", async () => {
    const asked = 'test "$*" = "stack output --json --show-secrets --stack prod" || exit 9\n';
    const grafanaUrl = "http://127.0.0.1:1";
    const print = `echo '${JSON.stringify({ grafanaUrl })}'`;
    const { stderr, code } = await verify({ pulumi: asked + print });
    assert.equal(
      stderr,
      "error: the stack must have the output grafanaAdminUser; got none. Fix: pulumi up --stack prod\n",
    );
    assert.equal(code, 1);
  });

  it("prints one JSON document, and what it waits for on the other output", async () => {
    const { code, stdout, stderr } = await verify({
      grafana: { dataSource: "no such host" },
      args: ["--json", "--timeout", "2"],
    });
    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: { check: string; result: string; detail: string }[];
    };
    assert.deepEqual([ok, code], [false, 1]);
    assert.deepEqual(
      checks.map(({ result }) => result),
      ["yes", "yes", "yes", "no", "not tried", "not tried"],
    );
    assert.match(
      checks[3]?.detail ?? "",
      /data source prometheus is not healthy after 2 s: no such host\. Fix: /,
    );
    assert.match(
      stderr,
      /^waiting: Grafana's data source prometheus is not healthy: no such host\n$/,
    );
  });

  it("looks at every service, also where one is not watched", async () => {
    const { code, stdout } = await verify({
      grafana: { series: { [ALIVE["quote-service"]]: [1] } },
    });
    assert.match(stdout, /^task-service is watched +no$/m);
    assert.match(stdout, /^quote-service is watched +yes +1 of 1 up$/m);
    assert.match(
      stdout,
      /^Prometheus does not get the metrics of task-service after 2 s: no target has .* Fix: /m,
    );
    assert.equal(code, 1);
  });

  it("tells of a wrong password at once", async () => {
    const { code, stdout } = await verify({
      grafana: { password: "another" },
      args: ["--timeout", "60"],
    });
    assert.match(stdout, /^admin cannot log in to Grafana: .* Fix: pulumi up, which /m);
    assert.equal(code, 1);
  });

  it("waits for a load balancer that is not active yet", async () => {
    const { code, stdout } = await verify({
      grafana: { readyAt: Date.now() + 3000 },
      args: ["--timeout", "30"],
    });
    assert.equal(code, 0, stdout);
  });

  it("tells that a name does not resolve, and of grafanaCommand where the address is not open", async () => {
    const unknown = await verify({ outputs: { grafanaUrl: "https://grafana.invalid" } });
    assert.match(
      unknown.stdout,
      /^grafana\.invalid has no address after 2 s: the name does not resolve \(E\w+\)\. Fix: /m,
    );
    const grafanaCommand = "kubectl port-forward service/grafana 3000:80";
    const closed = await verify({
      outputs: { grafanaUrl: `http://localhost:${await freePort()}`, grafanaCommand },
    });
    assert.match(
      closed.stdout,
      /ECONNREFUSED.* Fix: run this meanwhile, in another terminal: kubectl port-forward service\/grafana 3000:80$/m,
    );
  });

  it("says in a sentence that the CLI does not answer", async () => {
    const { code, stderr } = await verify({
      pulumi: "echo 'error: no stack named prod found' >&2; exit 255",
    });
    assert.equal(
      stderr,
      "error: pulumi stack output must give the stack's outputs; got error: no stack named prod found. Fix: pulumi stack ls, and name one with --stack\n",
    );
    assert.equal(code, 1);
  });

  it("says what it takes, and refuses what it does not", async () => {
    const { code, stdout } = await verify({ args: ["--help"] });
    assert.equal(code, 0);
    for (const text of ["--stack", "--json", "--timeout", "Exit code: 0"])
      assert.ok(stdout.includes(text));
    assert.equal((await verify({ args: ["--timeout", "soon"] })).code, 1);
    assert.equal((await verify({ args: ["prod"] })).code, 1);
  });
});
