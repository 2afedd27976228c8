import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../../verification/free-port";
import { ROOT } from "../../support/simulated";
import { type Answers, GrafanaStandIn } from "./grafana-stand-in";

const SCRIPT = path.join(ROOT, "components", "stack-check", "script");
const PASSWORD = "p4ssword";
const ALIVE = 'up{namespace="prod",job="task-service"}';
const OPERATED = "/apis/monitoring.coreos.com/v1/namespaces/prometheus";
const CORE = "/api/v1/namespaces/prometheus";

type Objects = Record<string, object>;

/** What an API server answers where all is well: by path, without the query. */
const HEALTHY: Objects = {
  [`${OPERATED}/prometheuses/kps-prometheus`]: operated("True"),
  [`${OPERATED}/alertmanagers/kps-alertmanager`]: operated("True"),
};

function operated(status: string, changes: object = {}): object {
  const available = { type: "Available", status, observedGeneration: 2, reason: "NoPodReady" };
  return {
    metadata: { name: "kps", generation: 2 },
    status: { conditions: [{ ...available, ...changes }] },
  };
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the kubelet would hand on. */
  readonly message: string;
  readonly seconds: number;
}

interface Given {
  readonly grafana?: Partial<Answers>;
  readonly objects?: Objects;
  /** Status of every answer of the API server. @default 200, or 404 where there is no such object */
  readonly refuses?: number;
  readonly seconds?: number;
  readonly grafanaUrl?: string;
}

/** Runs the script as the Job does: a process, beside servers that answer it. */
async function check(given: Given = {}): Promise<Run> {
  const grafana = await GrafanaStandIn.start({
    password: PASSWORD,
    series: { [ALIVE]: [1, 1] },
    ...given.grafana,
  });
  const api = await apiServer(given.objects ?? HEALTHY, given.refuses);
  const folder = mkdtempSync(path.join(tmpdir(), "check-"));
  try {
    for (const file of readdirSync(SCRIPT)) {
      copyFileSync(path.join(SCRIPT, file), path.join(folder, file));
    }
    writeFileSync(path.join(folder, "token"), "t0ken\n");
    const settings = {
      seconds: given.seconds ?? 2,
      apiServer: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      tokenFile: path.join(folder, "token"),
      terminationLog: path.join(folder, "termination-log"),
      kubectl: "kubectl",
      namespace: "prometheus",
      prometheus: "kps-prometheus",
      alertmanager: "kps-alertmanager",
      grafana: {
        url: given.grafanaUrl ?? grafana.url,
        name: "kps-grafana",
      },
      services: [{ name: "task-service", alive: ALIVE }],
    };
    writeFileSync(path.join(folder, "stack.json"), JSON.stringify(settings));
    const started = Date.now();
    const env = { GRAFANA_USER: "admin", GRAFANA_PASSWORD: PASSWORD };
    const ended = await run(path.join(folder, "check.cjs"), env);
    const log = path.join(folder, "termination-log");
    return {
      ...ended,
      message: existsSync(log) ? readFileSync(log, "utf8") : "",
      seconds: (Date.now() - started) / 1000,
    };
  } finally {
    rmSync(folder, { recursive: true });
    await grafana.stop();
    api.closeAllConnections();
    api.close();
  }
}

const run = (script: string, env: NodeJS.ProcessEnv) =>
  new Promise<Pick<Run, "code" | "stdout" | "stderr">>((resolve) => {
    execFile(process.execPath, [script], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

async function apiServer(objects: Objects, refuses?: number): Promise<Server> {
  const server = createServer(({ url = "", headers }, response) => {
    const found = objects[url.split("?")[0] ?? ""];
    const isAllowed = headers.authorization === "Bearer t0ken" && refuses === undefined;
    const status = isAllowed ? (found ? 200 : 404) : (refuses ?? 401);
    response.writeHead(status, { "content-type": "application/json" });
    const message = 'prometheuses.monitoring.coreos.com "kps-prometheus" is forbidden.';
    response.end(JSON.stringify(status === 200 ? found : { kind: "Status", message }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** The one sentence, on both ways to the user, and never the password. */
async function refused(given: Given, expected: RegExp): Promise<Run> {
  const ended = await check(given);
  assert.match(ended.message, expected);
  assert.match(ended.message, /\. Fix: /);
  assert.ok(!ended.message.includes("\n"));
  assert.equal(ended.stderr, `${ended.message}\n`);
  assert.equal(ended.code, 1);
  assert.ok(!`${ended.stdout}${ended.stderr}`.includes(PASSWORD));
  return ended;
}

describe("the script of StackCheck", () => {
  it("says what it has found where all is well, and leaves no message", async () => {
    const { code, stdout, stderr, message } = await check();
    assert.equal(stderr, "");
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      "Prometheus is available: kps-prometheus",
      "Alertmanager is available: kps-alertmanager",
      "Grafana answers: version 13.2.0",
      "Grafana takes the password: as admin",
      "Grafana reaches Prometheus: Successfully queried the Prometheus API.",
      "task-service is watched: 2 of 2 up",
    ]);
    assert.deepEqual([code, message], [0, ""]);
  });

  it("waits for a Grafana that starts slowly", async () => {
    const { code, stdout } = await check({
      grafana: { readyAt: Date.now() + 1500 },
      seconds: 20,
    });
    assert.equal(code, 0, stdout);
    const waits = stdout.split("\n").filter((line) => line.startsWith("waiting: "));
    assert.equal(waits.length, 1, stdout);
    assert.match(waits[0] ?? "", /\/api\/health says 503 starting/);
  });

  it("tells of a wrong password at once, and does not try it again", async () => {
    const { seconds } = await refused(
      { grafana: { password: "another" }, seconds: 60 },
      /^admin cannot log in to Grafana: it refuses the password of its Secret \(Invalid username or password\)\. Fix: kubectl rollout restart -n prometheus deploy\/kps-grafana/,
    );
    assert.ok(seconds < 10, `${seconds} s`);
  });

  it("tells that nothing answers at Grafana's address", async () => {
    await refused(
      { grafanaUrl: `http://127.0.0.1:${await freePort()}` },
      /^Grafana does not answer at http:\/\/127\.0\.0\.1:\d+ after 2 s: .*ECONNREFUSED.* Fix: kubectl describe -n prometheus deploy\/kps-grafana$/,
    );
  });

  it("tells that there is no data source", async () => {
    await refused(
      { grafana: { dataSource: null } },
      /^Grafana has no data source prometheus after 2 s: /,
    );
  });

  it("tells why a data source is not healthy", async () => {
    await refused(
      { grafana: { dataSource: "dial tcp: lookup kps-prometheus: no such host" } },
      /^Grafana's data source prometheus is not healthy after 2 s: dial tcp: lookup kps-prometheus: no such host\. Fix: kubectl logs /,
    );
  });

  it("tells that a service has no target", async () => {
    await refused(
      { grafana: { series: {} } },
      /^Prometheus does not get the metrics of task-service after 2 s: no target has up\{namespace="prod",job="task-service"\}\. Fix: kubectl port-forward -n prometheus svc\/kps-prometheus 9090/,
    );
  });

  it("tells that a service's targets are down, and takes one that is up for enough", async () => {
    await refused({ grafana: { series: { [ALIVE]: [0] } } }, /is 0 for its only target\. Fix: /);
    await refused(
      { grafana: { series: { [ALIVE]: [0, 0] } } },
      /is 0 for all of 2 targets\. Fix: /,
    );
    const { stdout, code } = await check({ grafana: { series: { [ALIVE]: [0, 1] } } });
    assert.equal(code, 0);
    assert.match(stdout, /task-service is watched: 1 of 2 up/);
  });

  it("tells what the API server refuses, and that it does not answer", async () => {
    await refused(
      { refuses: 403 },
      /^Prometheus is not available after 2 s: the API server says 403: prometheuses\.monitoring\.coreos\.com "kps-prometheus" is forbidden\. Fix: kubectl get events -n prometheus$/,
    );
    await refused({ refuses: 500 }, /the API server says 500: /);
  });

  it("tells that there is no Prometheus, or that nobody has looked at it", async () => {
    await refused(
      { objects: {} },
      /^Prometheus is not available after 2 s: there is no Prometheus kps-prometheus\. /,
    );
    const objects = {
      ...HEALTHY,
      [`${OPERATED}/alertmanagers/kps-alertmanager`]: operated("True", { observedGeneration: 1 }),
    };
    await refused(
      { objects },
      /^Alertmanager is not available after 2 s: the operator has not looked at it yet\. /,
    );
  });

  it("names the claim that Prometheus waits for, with its last event", async () => {
    const claim = "prometheus-kps-prometheus-db-prometheus-kps-prometheus-0";
    await refused(
      { objects: { ...HEALTHY, ...pendingPod(claim) } },
      new RegExp(
        `^Prometheus is not available after 2 s: claim ${claim} is Pending: ProvisioningFailed: storageclass "fast" not found\\. Fix: kubectl describe pvc -n prometheus ${claim}$`,
      ),
    );
  });

  it("names the pod that cannot be placed, or whose container waits", async () => {
    const unplaced = {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: "0/3 nodes are available: 3 Insufficient memory.",
    };
    await refused(
      { objects: { ...HEALTHY, ...pod("Pending", { conditions: [unplaced] }) } },
      /pod prometheus-kps-prometheus-0 is Pending: Unschedulable: 0\/3 nodes are available: 3 Insufficient memory\. Fix: kubectl describe pod -n prometheus prometheus-kps-prometheus-0$/,
    );
    const waiting = { reason: "CrashLoopBackOff", message: "back-off 40s restarting" };
    const containerStatuses = [{ name: "prometheus", ready: false, state: { waiting } }];
    await refused(
      { objects: { ...HEALTHY, ...pod("Running", { containerStatuses }) } },
      /pod prometheus-kps-prometheus-0 is Running: container prometheus waits, CrashLoopBackOff: back-off 40s restarting\. /,
    );
  });

  it("tells why there is no pod, and what the operator could not make", async () => {
    const events = {
      items: [
        { lastTimestamp: "2026-11-27T10:00:00Z", reason: "SuccessfulCreate", message: "created" },
        { lastTimestamp: "2026-11-27T10:05:00Z", reason: "FailedCreate", message: "forbidden" },
      ],
    };
    const object = { [`${OPERATED}/prometheuses/kps-prometheus`]: operated("False") };
    await refused(
      { objects: { ...HEALTHY, ...object, [`${CORE}/events`]: events } },
      /it has no pod: FailedCreate: forbidden\. Fix: kubectl describe statefulset -n prometheus prometheus-kps-prometheus$/,
    );
    const conditions = [
      { type: "Available", status: "False", observedGeneration: 2 },
      { type: "Reconciled", status: "False", reason: "Failed", message: "no such class" },
    ];
    const unmade = { metadata: { name: "kps", generation: 2 }, status: { conditions } };
    await refused(
      { objects: { ...HEALTHY, [`${OPERATED}/prometheuses/kps-prometheus`]: unmade } },
      /^Prometheus is not available after 2 s: Failed: no such class\. Fix: kubectl describe prometheus /,
    );
  });
});

function pod(phase: string, status: object, spec: object = {}): Objects {
  const metadata = { name: "prometheus-kps-prometheus-0" };
  return {
    [`${OPERATED}/prometheuses/kps-prometheus`]: operated("False"),
    [`${CORE}/pods`]: { items: [{ metadata, spec, status: { phase, ...status } }] },
    [`${CORE}/persistentvolumeclaims`]: { items: [] },
  };
}

function pendingPod(claimName: string): Objects {
  const volumes = [{ name: "config" }, { name: "db", persistentVolumeClaim: { claimName } }];
  const lastTimestamp = "2026-11-27T10:05:00Z";
  const message = 'storageclass "fast" not found';
  return {
    ...pod("Pending", {}, { volumes }),
    [`${CORE}/persistentvolumeclaims`]: {
      items: [
        { metadata: { name: "another" }, status: { phase: "Pending" } },
        { metadata: { name: claimName }, status: { phase: "Pending" } },
      ],
    },
    [`${CORE}/events`]: { items: [{ lastTimestamp, reason: "ProvisioningFailed", message }] },
  };
}
