import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  type CheckedMonitoring,
  type CheckedService,
  StackCheck,
  type StackCheckArgs,
} from "../../../components/stack-check/stack-check";
import { recordStack } from "../../../simulation/record-stack";
import type { Recording } from "../../../simulation/recorder";
import { reveal } from "../../../simulation/resource";
import { versions } from "../../../versions";
import { subjectOf, violations } from "../../support/policy-subjects";
import { barePlatform } from "../../support/platforms";
import { childrenOf, dependenciesOf, find, input, recordProgram } from "../../support/simulated";

const JOB = "kubernetes:batch/v1:Job";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

/** What watches and one service that is watched, without their resources. */
class Monitoring extends pulumi.ComponentResource implements CheckedMonitoring {
  readonly namespace = pulumi.output("watch");
  readonly releaseName = pulumi.output("kps");
  readonly revision: pulumi.Output<string>;

  constructor(revision: string) {
    super("test:index:Monitoring", "monitoring");
    this.revision = pulumi.output(revision);
  }
}

class Service extends pulumi.ComponentResource implements CheckedService {
  readonly alive = pulumi.output('up{job="basket"}');
  readonly image: pulumi.Output<string>;

  constructor(
    readonly name: string,
    image: string,
  ) {
    super("test:index:Service", name);
    this.image = pulumi.output(image);
  }
}

const recordCheck = (
  changes: Pick<StackCheckArgs, "image"> & { revision?: string; services?: string[] } = {},
): Promise<Recording> => {
  const { revision = "1", services = ["basket@1"], ...args } = changes;
  return recordProgram(() => {
    new StackCheck("check", {
      monitoring: new Monitoring(revision),
      services: services.map((each) => new Service(each.split("@")[0] ?? "", each)),
      platform: barePlatform,
      ...args,
    });
  });
};

const template = (recording: Recording): unknown => input(find(recording, JOB), "spec.template");

describe("StackCheck", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordCheck();
  });

  it("has exactly these children", () => {
    const check = find(recording, "kubernetes-monitoring:index:StackCheck");
    assert.deepEqual(childrenOf(recording, check), [
      `${JOB} check`,
      `${CONFIG_MAP} check`,
      "kubernetes:core/v1:ServiceAccount check",
      "kubernetes:rbac.authorization.k8s.io/v1:Role check",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding check",
    ]);
  });

  it("tries once, bounded in time, and stays for the next up to see", () => {
    const job = find(recording, JOB);
    const spec = input(job, "spec") as Record<string, unknown>;
    assert.deepEqual(Object.keys(spec).sort(), [
      "activeDeadlineSeconds",
      "backoffLimit",
      "template",
    ]);
    assert.equal(spec.backoffLimit, 0);
    assert.equal(input(job, "spec.template.spec.restartPolicy"), "Never");
    const settings = JSON.parse(String(data(recording)["stack.json"])) as { seconds: number };
    assert.ok(Number(spec.activeDeadlineSeconds) > settings.seconds);
    assert.deepEqual(input(job, "metadata.annotations"), { "pulumi.com/replaceUnready": "true" });
  });

  it("runs under Pod Security restricted, and satisfies every policy", () => {
    const pod = input(find(recording, JOB), "spec.template.spec") as {
      securityContext: object;
      containers: { securityContext: object }[];
    };
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(pod.containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const subjects = recording.resources.map((resource) => subjectOf(resource, "prod"));
    assert.deepEqual(violations(subjects), []);
  });

  it("reads in its one namespace what names a cause, and no Secret", () => {
    const role = find(recording, "kubernetes:rbac.authorization.k8s.io/v1:Role");
    assert.equal(input(role, "metadata.namespace"), "watch");
    assert.deepEqual(input(role, "rules"), [
      {
        apiGroups: ["monitoring.coreos.com"],
        resources: ["prometheuses", "alertmanagers"],
        verbs: ["get"],
      },
      { apiGroups: [""], resources: ["pods", "persistentvolumeclaims", "events"], verbs: ["list"] },
    ]);
  });

  it("looks at what it is given, by the names that the chart and the services have", () => {
    const settings = JSON.parse(String(data(recording)["stack.json"])) as Record<string, unknown>;
    assert.equal(settings.prometheus, "kps-prometheus");
    assert.equal(settings.alertmanager, "kps-alertmanager");
    assert.equal(settings.kubectl, "kubectl --context bare");
    assert.deepEqual(settings.services, [{ name: "basket", alive: 'up{job="basket"}' }]);
    const grafana = settings.grafana as { url: string };
    assert.equal(grafana.url, "http://kube-prometheus-stack-grafana.watch.svc");
  });

  it("runs again where something that it checks has changed, and nowhere else", async () => {
    assert.deepEqual(template(await recordCheck()), template(recording));
    const changes = [
      { revision: "2" },
      { services: ["basket@2"] },
      { services: ["basket@1", "cart@1"] },
      { image: "registry.example.com/node:24.21.0" },
    ];
    for (const change of changes) {
      const changed = await recordCheck(change);
      assert.notDeepEqual(template(changed), template(recording), JSON.stringify(change));
    }
  });

  it("uses the pinned image unless it is given one", async () => {
    const imageOf = (of: Recording) =>
      (input(find(of, JOB), "spec.template.spec.containers") as { image: string }[])[0]?.image;
    assert.equal(imageOf(recording), `gcr.io/distroless/nodejs24-debian13:${versions.node}`);
    const image = "registry.example.com/node:24.21.0";
    assert.equal(imageOf(await recordCheck({ image })), image);
  });
});

describe("StackCheck in the stack", () => {
  let prod: Recording;
  before(async () => {
    prod = await recordStack("prod");
  });

  it("comes after everything that it looks at", () => {
    const dependencies = dependenciesOf(prod, find(prod, JOB));
    for (const needed of [
      "kubernetes:helm.sh/v3:Release monitoring",
      "kubernetes:networking.k8s.io/v1:Ingress monitoring-grafana",
      "kubernetes:apps/v1:Deployment task-service",
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor task-service-monitor",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding stack-check",
    ]) {
      assert.ok(dependencies.includes(needed), `${needed} among\n${dependencies.join("\n")}`);
    }
  });

  it("is what nothing waits for", () => {
    const { urn } = find(prod, JOB);
    const waiting = prod.resources.filter(({ dependencies }) => dependencies.includes(urn));
    assert.deepEqual(waiting, []);
  });

  it("has the admin's Secret by name, and no resource of it the password", () => {
    const secret = find(prod, "kubernetes:core/v1:Secret", "monitoring-grafana-admin");
    const password = String(
      (reveal(input(secret, "stringData")) as Record<string, string>)["admin-password"],
    );
    assert.ok(password.length > 10);
    const own = prod.resources.filter(({ name }) => name === "stack-check");
    assert.ok(own.length > 4);
    assert.ok(!JSON.stringify(reveal(own.map(({ inputs }) => inputs))).includes(password));
    const env = JSON.stringify(input(find(prod, JOB), "spec.template.spec.containers"));
    assert.match(
      env,
      /"secretKeyRef":\{"key":"admin-password","name":"kube-prometheus-stack-grafana"/,
    );
  });

  it("is left out where the configuration says so", async () => {
    const { resources } = await recordStack("prod", { config: { stackCheck: "false" } });
    assert.ok(!resources.some(({ type }) => type === JOB));
  });
});

const data = (recording: Recording): Record<string, unknown> =>
  input(find(recording, CONFIG_MAP), "data") as Record<string, unknown>;
