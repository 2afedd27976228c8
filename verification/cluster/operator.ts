import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Child } from "../child-process";
import { findExecutable } from "../executable";
import { freePort } from "../free-port";
import type { Kubernetes } from "./kubernetes";

/** A prometheus-operator on this machine. */
export interface OperatorProgram {
  readonly file: string;
  /** Such as "0.85.0". */
  readonly version: string;
}

const PROGRAM = "prometheus-operator";
/** Where Pulumi's own installer puts its CLI, and other tools may be. */
const TOOLS = path.join(homedir(), ".pulumi", "bin");
/** Its kinds by version: it looks once, as it starts, and leaves alone what is not served by then. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: [
    "Alertmanager",
    "PodMonitor",
    "Probe",
    "Prometheus",
    "PrometheusRule",
    "ServiceMonitor",
    "ThanosRuler",
  ],
  v1alpha1: ["AlertmanagerConfig", "PrometheusAgent", "ScrapeConfig"],
};
const CRD_SECONDS = 60;

/** @returns the program, or one sentence that says what is missing */
export function findOperator(): OperatorProgram | { readonly missing: string } {
  const file = findExecutable(PROGRAM, [TOOLS]);
  if (file !== undefined) return { file, version: versionIn(file) };
  return {
    missing:
      `no ${PROGRAM} on PATH or in ${TOOLS}: ` +
      "https://github.com/prometheus-operator/prometheus-operator/releases has it",
  };
}

/** Of its module: what is built without the project's Makefile prints no version. */
function versionIn(file: string): string {
  const text = readFileSync(file, "latin1");
  return /prometheus-operator\/prometheus-operator\tv(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? "unknown";
}

/** prometheus-operator, running beside the cluster. It starts no containers: it writes objects. */
export class Operator {
  private constructor(
    private readonly child: Child,
    private readonly folder: string,
  ) {}

  /**
   * Waits for its CRDs, starts it and waits until it is healthy.
   * @param crdSeconds that the CRDs may take. @default 60
   * @throws Error where the CRDs do not come in time, or it ends at once
   */
  static async start(
    { file, version }: OperatorProgram,
    kubernetes: Kubernetes,
    crdSeconds = CRD_SECONDS,
  ): Promise<Operator> {
    await kindsServed(kubernetes, crdSeconds);
    const folder = mkdtempSync(path.join(tmpdir(), "operator-"));
    const kubeconfig = path.join(folder, "kubeconfig");
    writeFileSync(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
    const address = `127.0.0.1:${await freePort()}`;
    const args = [
      "--kubelet-service=kube-system/kube-prometheus-stack-kubelet",
      `--web.listen-address=${address}`,
      `--prometheus-config-reloader=quay.io/prometheus-operator/prometheus-config-reloader:v${version}`,
    ];
    const child = Child.start(file, args, { env: { ...process.env, KUBECONFIG: kubeconfig } });
    const operator = new Operator(child, folder);
    try {
      await child.answers(`http://${address}/healthz`);
      return operator;
    } catch (error) {
      await operator.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.child.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A CRD that was created is served a moment later. */
async function kindsServed({ client }: Kubernetes, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const absent: string[] = [];
    for (const [version, kinds] of Object.entries(KINDS)) {
      for (const kind of kinds) {
        const path = await client.path(`monitoring.coreos.com/${version}`, kind);
        if (path === undefined) absent.push(kind);
      }
    }
    if (absent.length === 0) return;
    if (Date.now() > deadline) {
      const what = absent.join(", ");
      throw new Error(`no CRD of ${what} within ${seconds} s: the operator cannot start`);
    }
    await delay(250);
  }
}
