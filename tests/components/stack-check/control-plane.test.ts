import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Cloud } from "../../../simulation/cloud/cloud";
import { findChart, prepareFor } from "../../../verification/cluster/chart";
import { Kubernetes, type KubernetesObject } from "../../../verification/cluster/kubernetes";
import { findOperator, Operator } from "../../../verification/cluster/operator";
import { findKubernetesProvider } from "../../../verification/plain-cli/attached";
import { PlainCli } from "../../../verification/plain-cli/plain-cli";
import { findCli } from "../../../verification/rehearsal/cli";
import { newAccount } from "../../../verification/rehearsal/engine-setup";
import packageJson from "../../../package.json";
import { type ControlPlane, controlPlane } from "../../support/control-plane";
import { notAsked } from "../../support/external-tool";
import { ROOT } from "../../support/simulated";
import { GrafanaStandIn } from "./grafana-stand-in";
import { runCheckPod } from "./kubelet";

const NAMESPACE = "watched";
const PASSWORD = "p4ssword";
const ALIVE = 'up{namespace="shop",job="basket"}';

/** StackCheck alone, by the real engine and the real provider, on a real API server with a real operator. */
describe("StackCheck on a real Kubernetes", function () {
  this.timeout(300_000);
  // Each goes on where the one before it has ended.
  this.bail(true);
  let plane: ControlPlane | undefined;
  let operator: Operator | undefined;
  let kubernetes: Kubernetes;
  let grafana: GrafanaStandIn;
  let terminal: PlainCli | undefined;
  let folder: string;

  before(async function () {
    const program = findOperator();
    if ("missing" in program) return notAsked(this, program.missing);
    const cli = await findCli(packageJson.dependencies["@pulumi/pulumi"]);
    if ("missing" in cli) return notAsked(this, cli.missing);
    if (findKubernetesProvider() === undefined) return notAsked(this, "Kubernetes' provider");
    plane = await controlPlane(this, path.join(__dirname, "stages.yaml"));
    kubernetes = Kubernetes.open(plane.kubeconfig);
    const found = findChart();
    if (!("chart" in found)) return notAsked(this, found.missing);
    await prepareFor(found.chart, kubernetes);
    operator = await Operator.start(program, kubernetes);
    for (const object of OBJECTS) await kubernetes.apply(object);
    grafana = await GrafanaStandIn.start({ password: PASSWORD, series: { [ALIVE]: [1] } });
    folder = mkdtempSync(path.join(tmpdir(), "stack-check-"));
    const project = makeProject(path.join(folder, "project"), plane.kubeconfig);
    const account = newAccount(Cloud.of({}), undefined);
    const home = path.join(folder, "terminal");
    terminal = await PlainCli.open({ cli, folder: home, project, simulated: [], account });
    await terminal.type("pulumi stack init test");
  });
  after(async () => {
    terminal?.close();
    await operator?.stop();
    await (grafana as GrafanaStandIn | undefined)?.stop();
    await plane?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** Types a command, and runs the pod that it makes. */
  async function up(seconds = 20): Promise<{ code: number; printed: string; message: string }> {
    assert.ok(terminal);
    const typed = terminal.type("pulumi up --yes --skip-preview --stack test");
    const message = await runCheckPod(kubernetes, NAMESPACE, { grafana: grafana.url, seconds });
    return { ...(await typed), message };
  }

  const again = async () => {
    assert.ok(terminal);
    return terminal.type("pulumi up --yes --skip-preview --stack test");
  };

  const change = (revision: string): void => {
    writeFileSync(path.join(folder, "project", "revision"), revision);
  };

  it("fails where Prometheus' claim is pending, with that as the reason that up prints", async () => {
    const { code, printed, message } = await up(8);
    assert.match(
      message,
      /^Prometheus is not available after 8 s: claim prometheus-stack-prometheus-db-prometheus-stack-prometheus-0 is Pending: .*Fix: kubectl --context here describe pvc -n watched prometheus-/,
    );
    assert.notEqual(code, 0);
    assert.ok(printed.includes(message), printed);
    assert.doesNotMatch(printed, new RegExp(PASSWORD));
  });

  it("runs again after it has failed, though nothing has changed, and passes", async () => {
    await kubernetes.apply(prometheus({}));
    const { code, printed, message } = await up();
    assert.equal(code, 0, `${message}\n${printed}`);
    assert.equal(message, "");
  });

  it("does not run where nothing has changed", async () => {
    const { code, printed } = await again();
    assert.equal(code, 0, printed);
    assert.doesNotMatch(printed, /batch\/v1:Job/);
  });

  it("runs in a new Job where what it checks has changed, and tells of a wrong password at once", async () => {
    grafana.answers.password = "another";
    change("2");
    const { code, printed, message } = await up(200);
    assert.notEqual(code, 0);
    assert.match(message, /^admin cannot log in to Grafana: it refuses the password of its Secret/);
    assert.ok(printed.includes(message), printed);
  });

  it("stands in nobody's way when the stack is destroyed", async () => {
    const typed = await terminal?.type("pulumi destroy --yes --skip-preview --stack test");
    assert.equal(typed?.code, 0, typed?.printed);
    const left = await Promise.all(
      [
        ["batch/v1", "Job"],
        ["v1", "Pod"],
        ["rbac.authorization.k8s.io/v1", "Role"],
        ["rbac.authorization.k8s.io/v1", "RoleBinding"],
      ].map(([apiVersion = "", kind = ""]) => kubernetes.list(apiVersion, kind, NAMESPACE)),
    );
    const names = left.flat().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    assert.deepEqual(
      names.filter((each) => each.includes("stack-check")),
      [],
    );
  });
});

function makeProject(project: string, kubeconfig: string): string {
  mkdirSync(project);
  symlinkSync(path.join(ROOT, "node_modules"), path.join(project, "node_modules"));
  const nodeargs = `-r ${path.join(ROOT, "register.cjs")}`;
  writeFileSync(
    path.join(project, "Pulumi.yaml"),
    JSON.stringify({ name: "check", runtime: { name: "nodejs", options: { nodeargs } } }),
  );
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ main: "index.ts" }));
  writeFileSync(path.join(project, "index.ts"), program(kubeconfig));
  writeFileSync(path.join(project, "revision"), "1");
  return project;
}

/** What index.ts has, with two components that make nothing in place of the stack and its service. */
const program = (kubeconfig: string): string => `
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { createKubernetesProvider } from "${ROOT}/components/kubernetes-provider";
import { StackCheck } from "${ROOT}/components/stack-check/stack-check";

const provider = createKubernetesProvider("cluster", {
  kubeconfig: pulumi.output(${JSON.stringify(kubeconfig)}), clusterIdentifier: "here",
}, {});
class Monitoring extends pulumi.ComponentResource {
  namespace = pulumi.output("${NAMESPACE}");
  releaseName = pulumi.output("stack");
  revision = pulumi.output(readFileSync("revision", "utf8"));
}
class Service extends pulumi.ComponentResource {
  name = "basket";
  image = pulumi.output("basket:1");
  alive = pulumi.output(${JSON.stringify(ALIVE)});
}
new StackCheck("stack-check", {
  monitoring: new Monitoring("test:index:Monitoring", "monitoring"),
  services: [new Service("test:index:Service", "basket")],
  platform: { kubectl: "kubectl --context here" } as never,
}, { providers: [provider] });
`;

const metadata = (name: string) => ({ name, namespace: NAMESPACE });

const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: 1000,
  seccompProfile: { type: "RuntimeDefault" },
};

const prometheus = (storage: object) => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "Prometheus",
  metadata: metadata("stack-prometheus"),
  spec: { replicas: 1, serviceAccountName: "default", securityContext: RESTRICTED, ...storage },
});

const PENDING_STORAGE = {
  storage: {
    volumeClaimTemplate: {
      spec: { storageClassName: "slow", resources: { requests: { storage: "1Gi" } } },
    },
  },
};

const OBJECTS: (KubernetesObject & Record<string, unknown>)[] = [
  {
    apiVersion: "v1",
    kind: "Namespace",
    // The pod has to pass it.
    metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("kube-prometheus-stack-grafana"),
    stringData: { "admin-user": "admin", "admin-password": PASSWORD },
  },
  {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Alertmanager",
    metadata: metadata("stack-alertmanager"),
    spec: { replicas: 1, securityContext: RESTRICTED },
  },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "slow" },
    provisioner: "example.com/nobody",
  },
  prometheus(PENDING_STORAGE),
];
