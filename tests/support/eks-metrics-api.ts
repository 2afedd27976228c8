import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import type { Kubernetes } from "../../verification/cluster/kubernetes";
import { Child } from "../../verification/child-process";
import { findExecutable } from "../../verification/executable";
import { freePort } from "../../verification/free-port";

const GROUP = "metrics.eks.amazonaws.com";
const NAME = "eks-extension-metrics-api";
/** The scheduler of pods that ask for it: the cluster's own serves no metrics. */
export const SCHEDULER = "observed";
/** The metrics that the EKS User Guide lists in "Fetch control plane raw metrics in Prometheus format". */
const LISTED: Readonly<Record<string, RegExp>> = {
  ksh: /^(scheduler_(pending_pods|schedule_attempts_total|preemption_attempts_total|preemption_victims|pod_scheduling_attempts|scheduling_attempt_duration_seconds|pod_scheduling_sli_duration_seconds))/,
  kcm: /^(cronjob_controller_job_creation_skew_duration_seconds|workqueue_(depth|adds_total|queue_duration_seconds|work_duration_seconds))/,
};

/** @returns kube-scheduler and kube-controller-manager on this machine; undefined where one is missing */
export function findControlPlanePrograms() {
  const folders = [path.join(homedir(), ".pulumi", "bin")];
  const scheduler = findExecutable("kube-scheduler", folders);
  const controllerManager = findExecutable("kube-controller-manager", folders);
  return scheduler && controllerManager ? { scheduler, controllerManager } : undefined;
}

/**
 * What stands for EKS' metrics API: behind the cluster's own API server, as there, a server that hands out what
 * a real scheduler and a real controller manager say, cut down to the metrics that EKS lists.
 */
export class EksMetricsApi {
  private constructor(
    private readonly server: https.Server,
    private readonly children: readonly Child[],
    private readonly folder: string,
  ) {}

  static async start(
    kubernetes: Kubernetes,
    programs: ReturnType<typeof findControlPlanePrograms> & object,
  ): Promise<EksMetricsApi> {
    const folder = mkdtempSync(path.join(tmpdir(), "metrics-api-"));
    const kubeconfig = path.join(folder, "kubeconfig");
    writeFileSync(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
    const config = path.join(folder, "scheduler.json");
    writeFileSync(config, JSON.stringify(schedulerConfig(kubeconfig)));
    const ports = { ksh: await freePort(), kcm: await freePort() };
    const open = ["--bind-address=127.0.0.1", "--authorization-always-allow-paths=/metrics"];
    const children = [
      Child.start(programs.scheduler, [
        ...open,
        `--config=${config}`,
        `--secure-port=${ports.ksh}`,
        `--cert-dir=${folder}/ksh`,
      ]),
      Child.start(programs.controllerManager, [
        ...open,
        // Those of the cluster's own do the work.
        "--controllers=resourcequota-controller",
        "--leader-elect=false",
        `--kubeconfig=${kubeconfig}`,
        `--secure-port=${ports.kcm}`,
        `--cert-dir=${folder}/kcm`,
      ]),
    ];
    const server = await listen(folder, ports);
    const api = new EksMetricsApi(server, children, folder);
    await api.register(kubernetes, (server.address() as AddressInfo).port);
    return api;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    for (const child of this.children) await child.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As EKS does it; only that its Service leads out of the cluster. */
  private async register(kubernetes: Kubernetes, port: number): Promise<void> {
    await kubernetes.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: NAME, namespace: "kube-system" },
      spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
    } as Parameters<Kubernetes["apply"]>[0]);
    await kubernetes.apply({
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: `v1.${GROUP}` },
      spec: {
        group: GROUP,
        version: "v1",
        service: { name: NAME, namespace: "kube-system", port },
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    } as Parameters<Kubernetes["apply"]>[0]);
  }
}

const schedulerConfig = (kubeconfig: string): object => ({
  apiVersion: "kubescheduler.config.k8s.io/v1",
  kind: "KubeSchedulerConfiguration",
  clientConnection: { kubeconfig },
  leaderElection: { leaderElect: false },
  profiles: [{ schedulerName: SCHEDULER }],
});

/** @param ports of what is asked, by its name in a path */
async function listen(
  folder: string,
  ports: Readonly<Record<string, number>>,
): Promise<https.Server> {
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"].concat([
      "-subj",
      "/CN=localhost",
      "-days",
      "1",
      "-keyout",
      key,
      "-out",
      cert,
    ]),
    { stdio: "ignore" },
  );
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  const server = https.createServer(tls, ({ url = "" }, response) => {
    const [, part = ""] = /^\/apis\/[^/]+\/v1\/(\w+)\/container\/metrics$/.exec(url) ?? [];
    const port = ports[part];
    if (port === undefined) {
      const list = { kind: "APIResourceList", apiVersion: "v1", groupVersion: `${GROUP}/v1` };
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ ...list, resources: [] }));
      return;
    }
    https
      .get({ port, path: "/metrics", rejectUnauthorized: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => parts.push(chunk));
        answer.on("end", () => {
          response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4" });
          response.end(listed(Buffer.concat(parts).toString(), part));
        });
      })
      .on("error", () => response.writeHead(503).end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "localhost", resolve);
  });
  return server;
}

const listed = (text: string, part: string): string =>
  text
    .split("\n")
    .filter((line) => LISTED[part]?.test(line.replace(/^# (TYPE|HELP) /, "")))
    .join("\n")
    .concat("\n");
