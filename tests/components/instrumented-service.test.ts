import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  InstrumentedService,
  type InstrumentedServiceArgs,
} from "../../components/instrumented-service/instrumented-service";
import type { Recording } from "../../simulation/recorder";
import { barePlatform, eksTestPlatform } from "../support/platforms";
import { expectRejections } from "../support/rejections";
import {
  childrenOf,
  dependenciesOf,
  find,
  input,
  isSecret,
  recordProgram,
} from "../support/simulated";

const WITHOUT_SLO: InstrumentedServiceArgs = {
  namespace: "prod",
  platform: eksTestPlatform,
  image: { context: "./services/task-service" },
  watchedBy: {
    namespace: "prometheus",
    releaseName: "kube-prometheus-stack",
    prometheusUrl: "http://prometheus.example.com:9090",
    grafanaUrl: "http://grafana.example.com",
    retentionDays: 31,
    runbookBaseUrl: "https://runbooks.example.com",
  },
};
const ARGS: InstrumentedServiceArgs = {
  ...WITHOUT_SLO,
  slo: { availability: 99.9, latency: { percent: 99, seconds: 0.25 } },
};
const READY_IMAGE = "registry.example.com/task-service:1.4.2";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SERVICE = "kubernetes:core/v1:Service";
const RULES = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";
const MONITOR = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor";

const recordService = (
  changes: Partial<InstrumentedServiceArgs> = {},
  preview = false,
): Promise<Recording> =>
  recordProgram(() => {
    // The type tells which metrics may have objectives; a program in JavaScript has no types.
    const args = { ...ARGS, ...changes } as InstrumentedServiceArgs;
    const { image, url } = new InstrumentedService("task-service", args);
    return { image, url };
  }, preview);

describe("InstrumentedService", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordService();
  });

  it("has exactly these children when it builds its image", () => {
    const service = find(recording, "kubernetes-monitoring:index:InstrumentedService");
    assert.deepEqual(childrenOf(recording, service), [
      "aws:ecr/lifecyclePolicy:LifecyclePolicy task-service",
      "aws:ecr/repository:Repository task-service",
      "docker-build:index:Image task-service",
      "kubernetes:apps/v1:Deployment task-service",
      "kubernetes:autoscaling/v2:HorizontalPodAutoscaler task-service",
      "kubernetes:core/v1:ConfigMap task-service-dashboard",
      "kubernetes:core/v1:Service task-service",
      "kubernetes:core/v1:ServiceAccount task-service",
      "kubernetes:monitoring.coreos.com/v1:PrometheusRule task-service-rules",
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor task-service-monitor",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy task-service",
      "kubernetes:policy/v1:PodDisruptionBudget task-service",
    ]);
  });

  it("deploys by digest, so that a rebuilt image is always rolled out", () => {
    const image = String(recording.outputs.image);
    assert.match(image, /\/eks-monitoring-test\/task-service@sha256:[0-9a-f]{64}$/);
    const [container] = containers(recording);
    assert.equal(container?.image, image);
  });

  it("builds for the nodes, pushes with a secret token, and leaves deleting to the repository", () => {
    const image = find(recording, "docker-build:index:Image");
    assert.deepEqual(image.inputs.platforms, ["linux/amd64"]);
    assert.equal(image.inputs.push, true);
    assert.deepEqual(image.inputs.context, { location: "./services/task-service" });
    assert.ok(isSecret(image.inputs.registries));
    assert.equal(image.retainOnDelete, true);
    assert.equal(find(recording, "aws:ecr/repository:Repository").inputs.forceDelete, true);
  });

  it("keeps to nodes that its image was built for; of a ready image nobody can say", async () => {
    const selector = (of: Recording) =>
      input(find(of, DEPLOYMENT), "spec.template.spec.nodeSelector");
    assert.deepEqual(selector(recording), { "kubernetes.io/arch": "amd64" });
    const context = "./services/task-service";
    for (const image of [READY_IMAGE, { context, use: READY_IMAGE }]) {
      assert.equal(selector(await recordService({ image })), undefined);
    }
  });

  it("builds without waiting for the cluster", () => {
    const dependencies = dependenciesOf(recording, find(recording, "docker-build:index:Image"));
    assert.deepEqual(dependencies, ["aws:ecr/repository:Repository task-service"]);
  });

  it("keeps the registry and its images where an earlier image is deployed again", async () => {
    const image = { context: "./services/task-service", use: READY_IMAGE };
    const again = await recordService({ image });
    assert.equal(find(again, "aws:ecr/repository:Repository").inputs.forceDelete, true);
    assert.ok(!again.resources.some(({ type }) => type.startsWith("docker-build")));
    assert.equal(containers(again)[0]?.image, READY_IMAGE);
  });

  it("spreads its pods where it can: none waits for a zone, because none has a volume", () => {
    const constraints = input(
      find(recording, DEPLOYMENT),
      "spec.template.spec.topologySpreadConstraints",
    ) as { topologyKey: string; whenUnsatisfiable: string }[];
    assert.deepEqual(
      constraints.map(({ topologyKey, whenUnsatisfiable }) => [topologyKey, whenUnsatisfiable]),
      [
        ["topology.kubernetes.io/zone", "ScheduleAnyway"],
        ["kubernetes.io/hostname", "ScheduleAnyway"],
      ],
    );
  });

  it("limits CPU only where it is told to", async () => {
    const limits = (of: Recording) =>
      input(find(of, DEPLOYMENT), "spec.template.spec.containers") as { resources: unknown }[];
    assert.ok(!JSON.stringify(limits(recording)[0]?.resources).includes('"limits":{"cpu"'));
    const resources = { cpu: "1", memory: "128Mi", memoryLimit: "256Mi", cpuLimit: "2" };
    const limited = await recordService({ resources });
    assert.deepEqual(limits(limited)[0]?.resources, {
      requests: { cpu: "1", memory: "128Mi" },
      limits: { memory: "256Mi", cpu: "2" },
    });
  });

  it("makes no registry where it is given an image", async () => {
    const ready = await recordService({ image: READY_IMAGE });
    const types = ready.resources.map(({ type }) => type);
    assert.ok(!types.some((type) => type.startsWith("aws:ecr") || type.startsWith("docker-build")));
    assert.equal(containers(ready)[0]?.image, READY_IMAGE);
  });

  it("derives port, selector and names of pod, Service and monitor from one place", async () => {
    const other = await recordService({ port: 8080, metrics: { path: "/internal/metrics" } });
    const [container] = containers(other);
    assert.deepEqual(container?.ports, [{ name: "http", containerPort: 8080 }]);
    assert.deepEqual(input(find(other, SERVICE), "spec"), {
      selector: { app: "task-service" },
      ports: [{ name: "http", port: 80, targetPort: "http" }],
    });
    const podLabels = input(find(other, DEPLOYMENT), "spec.template.metadata.labels");
    assert.equal((podLabels as Record<string, string>).app, "task-service");
    assert.deepEqual(input(find(other, MONITOR), "spec"), {
      selector: { matchLabels: { app: "task-service" } },
      sampleLimit: 2000,
      endpoints: [{ port: "http", path: "/internal/metrics" }],
    });
  });

  it("takes no more samples than its routes can make, or than it is told", async () => {
    const limit = async (metrics: NonNullable<InstrumentedServiceArgs["metrics"]>) =>
      input(
        find(await recordService({ metrics, slo: { availability: 99.9 } } as typeof ARGS), MONITOR),
        "spec.sampleLimit",
      );
    assert.equal(await limit({ routes: 30 }), 4000);
    assert.equal(await limit({ preset: "prometheus-api-metrics", routes: 3 }), 700);
    assert.equal(await limit({ routes: 30, sampleLimit: 500 }), 500);
  });

  it("is scraped under the tutorial's job name, by the stack's label", () => {
    const metadata = input(find(recording, MONITOR), "metadata") as Record<string, unknown>;
    assert.equal(metadata.name, "task-service-monitor");
    assert.equal(metadata.namespace, "prod");
    assert.equal((metadata.labels as Record<string, string>).release, ARGS.watchedBy.releaseName);
  });

  it("runs under Pod Security restricted", () => {
    const [container] = containers(recording);
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.deepEqual(input(find(recording, DEPLOYMENT), "spec.template.spec.securityContext"), {
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("probes the three health paths and drains before SIGTERM", () => {
    const [container] = containers(recording);
    const path = (probe: { httpGet: { path: string } } | undefined) => probe?.httpGet.path;
    assert.equal(path(container?.startupProbe), "/health/startup");
    assert.equal(path(container?.livenessProbe), "/health/liveness");
    assert.equal(path(container?.readinessProbe), "/health/readiness");
    const drain = container?.lifecycle.preStop.sleep.seconds ?? 0;
    const grace = input(
      find(recording, DEPLOYMENT),
      "spec.template.spec.terminationGracePeriodSeconds",
    );
    assert.ok(drain >= 5 && Number(grace) > drain + 20);
  });

  it("leaves the number of pods to the autoscaler", async () => {
    const scaled = await recordService({ replicas: { min: 3, max: 15 } });
    assert.equal(input(find(scaled, DEPLOYMENT), "spec.replicas"), undefined);
    const autoscaler = find(scaled, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler");
    assert.equal(input(autoscaler, "spec.minReplicas"), 3);
    assert.equal(input(autoscaler, "spec.maxReplicas"), 15);
  });

  it("has its role and association before its first pod, and only when it needs them", async () => {
    const granted = await recordService({ permissions: '{"Statement":[]}' });
    const association = find(granted, "aws:eks/podIdentityAssociation:PodIdentityAssociation");
    assert.equal(input(association, "serviceAccount"), "task-service");
    assert.equal(input(association, "namespace"), "prod");
    const role = find(granted, "aws:iam/role:Role");
    assert.equal(input(role, "name"), "eks-monitoring-test-task-service");
    const policy = find(granted, "aws:iam/rolePolicy:RolePolicy");
    assert.equal(input(policy, "policy"), '{"Statement":[]}');
    assert.match(String(input(role, "assumeRolePolicy")), /pods\.eks\.amazonaws\.com/);
    assert.ok(
      dependenciesOf(granted, find(granted, DEPLOYMENT)).includes(
        `${association.type} task-service`,
      ),
    );
    assert.ok(!recording.resources.some(({ type }) => type.startsWith("aws:iam")));
  });

  it("keeps a secret of the environment secret, and passes the rest on", async () => {
    const environment = { GREETING: "hello", TOKEN: pulumi.secret("opaque") };
    const configured = await recordService({ environment });
    assert.ok(isSecret(find(configured, DEPLOYMENT).inputs.spec));
    const component = find(configured, "kubernetes-monitoring:index:InstrumentedService");
    assert.deepEqual(component.inputs, {});
  });

  it("puts its dashboard into a folder of its own, where Grafana's sidecar finds it", () => {
    const config = find(recording, "kubernetes:core/v1:ConfigMap");
    assert.equal(input(config, "metadata.labels.grafana_dashboard"), "1");
    assert.equal(input(config, "metadata.annotations.grafana_folder"), "task-service");
    const data = input(config, "data") as Record<string, string>;
    const dashboard = JSON.parse(data["task-service.json"] ?? "{}") as { title: string };
    assert.equal(dashboard.title, "task-service");
  });

  it("links its alerts to the dashboard and to the runbooks", () => {
    const rules = JSON.stringify(input(find(recording, RULES), "spec"));
    assert.ok(
      rules.includes('"dashboard_url":"http://grafana.example.com/d/service-prod-task-service"'),
    );
    assert.ok(rules.includes('"runbook_url":"https://runbooks.example.com/'));
    assert.ok(rules.includes('"runbook":"docs/runbooks/slo.md#'));
    assert.ok(rules.includes("slo:sli_error:ratio_rate5m"));
  });

  it("lets only the rules wait for Grafana's address", async () => {
    const waiting = await recordProgram(() => {
      const grafana = new k8s.core.v1.ConfigMap("grafana", { metadata: { name: "grafana" } });
      const grafanaUrl = pulumi.interpolate`http://${grafana.metadata.name}`;
      const watchedBy = { ...ARGS.watchedBy, grafanaUrl };
      const { image } = new InstrumentedService("task-service", { ...ARGS, watchedBy });
      return { image };
    });
    const address = "kubernetes:core/v1:ConfigMap grafana";
    const late = waiting.resources.filter((resource) =>
      dependenciesOf(waiting, resource).includes(address),
    );
    assert.deepEqual(
      late.map(({ type }) => type),
      [RULES],
    );
  });

  it("has burn-rate rules for its objectives and none without", async () => {
    const plain = await recordProgram(() => {
      const { url } = new InstrumentedService("task-service", WITHOUT_SLO);
      return { url };
    });
    assert.ok(!JSON.stringify(input(find(plain, RULES), "spec")).includes("slo:"));
  });

  const refuse = async (changes: Partial<InstrumentedServiceArgs>, message: RegExp) => {
    expectRejections(message);
    await assert.rejects(recordService(changes), message);
  };

  it("runs on a platform without registry and identities", async () => {
    const bare = await recordService({ platform: barePlatform, image: READY_IMAGE });
    assert.ok(!bare.resources.some(({ type }) => /^(aws|docker-build):/.test(type)));
    assert.equal(containers(bare)[0]?.image, READY_IMAGE);
    assert.equal(bare.outputs.url, "http://task-service.prod.svc.cluster.local");
  });

  it("refuses a build without a registry and permissions without identities", async () => {
    await refuse(
      { platform: barePlatform },
      /image must be a ready image; got a folder to build, .+ Fix: push an image yourself/,
    );
    await refuse(
      { platform: barePlatform, image: READY_IMAGE, permissions: "{}" },
      /permissions must be left out; the platform has no identities/,
    );
  });

  it("refuses a latency objective that is no bucket, and lists the buckets", async () => {
    const slo = { latency: { percent: 99, seconds: 0.33 } };
    await refuse({ slo }, /slo\.latency\.seconds must be one of .*0\.25.*; got 0\.33/);
  });

  it("refuses objectives that Prometheus forgets before their 30 days are over", async () => {
    const watchedBy = { ...ARGS.watchedBy, retentionDays: 15 };
    await refuse(
      { watchedBy },
      /retentionDays must be 31 or more, because the error budget of slo .*; got 15/,
    );
  });

  it("says where it can be reached inside the cluster", () => {
    assert.equal(recording.outputs.url, "http://task-service.prod.svc.cluster.local");
  });

  it("plans the same resources in a preview, where the digest is unknown", async () => {
    const preview = await recordService({}, true);
    assert.deepEqual(
      preview.resources.map(({ urn }) => urn).sort(),
      recording.resources.map(({ urn }) => urn).sort(),
    );
    assert.equal(typeof preview.outputs.image === "string", false);
  });
});

interface ContainerInputs {
  readonly image: string;
  readonly ports: unknown;
  readonly securityContext: unknown;
  readonly startupProbe: { httpGet: { path: string } };
  readonly livenessProbe: { httpGet: { path: string } };
  readonly readinessProbe: { httpGet: { path: string } };
  readonly lifecycle: { preStop: { sleep: { seconds: number } } };
}

const containers = (recording: Recording): readonly ContainerInputs[] =>
  input(find(recording, DEPLOYMENT), "spec.template.spec.containers") as ContainerInputs[];
