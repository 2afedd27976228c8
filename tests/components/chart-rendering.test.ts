import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { recordStack } from "../../simulation/record-stack";
import { at, reveal } from "../../simulation/resource";
import { selectors } from "../../verification/proof/promql";
import { versions } from "../../versions";
import { CHART, needChart } from "../support/asked-chart";
import { find, ROOT } from "../support/simulated";
import { EXPORTERS } from "./chart-metrics";

/** Kubernetes refuses a Secret with more (https://kubernetes.io/docs/concepts/configuration/secret/). */
const SECRET_BYTES = 2 ** 20;

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol?: string;
  }[];
  readonly volumeMounts?: readonly { readonly mountPath: string }[];
  readonly resources?: object;
  readonly securityContext?: object;
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface PodTemplate {
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
}

interface Monitor extends Manifest {
  readonly spec: { readonly endpoints: readonly { readonly port: string }[] };
}

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
}

/** The chart with the values that the program gives it. */
class Rendering {
  private constructor(
    private readonly text: string,
    private readonly values: unknown,
    /** Monitors that the program makes beside the chart's. */
    private readonly own: readonly Monitor[],
  ) {}

  /** @param config keys to set beside those of the stack's file */
  static async of(
    stack: string,
    config: Readonly<Record<string, string>> = {},
  ): Promise<Rendering> {
    const recording = await recordStack(stack, { config });
    const release = find(recording, "kubernetes:helm.sh/v3:Release");
    const own = recording.resources
      .filter(({ type }) => type === "kubernetes:monitoring.coreos.com/v1:ServiceMonitor")
      .map(({ inputs }) => inputs as unknown as Monitor);
    const values = reveal(release.inputs.values);
    const folder = mkdtempSync(path.join(tmpdir(), "chart-"));
    try {
      const file = path.join(folder, "values.json");
      writeFileSync(file, JSON.stringify(values));
      const kubernetes = ["--kube-version", `${versions.defaultKubernetes}.0`];
      const args = ["template", "kube-prometheus-stack", CHART, "--namespace", "prometheus"];
      const text = execFileSync(helm(), [...args, ...kubernetes, "--values", file], {
        encoding: "utf8",
        maxBuffer: 2 ** 26,
      });
      return new Rendering(text, values, own);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Errors of YAML, keys that stand twice among them. */
  yamlErrors(): string[] {
    return parseAllDocuments(this.text).flatMap((document) =>
      "errors" in document ? document.errors.map(String) : [],
    );
  }

  manifests(): readonly Manifest[] {
    const documents = parseAllDocuments(this.text).map((document) => document.toJS() as unknown);
    return documents.filter((document) => document !== null) as Manifest[];
  }

  /** Every pod that the chart makes by itself; those of Prometheus and Alertmanager are the operator's. */
  pods(): readonly PodTemplate[] {
    return this.manifests().flatMap(({ kind, metadata, spec }) => {
      const pod = at(spec, "template.spec") as PodSpec | undefined;
      const labels = (at(spec, "template.metadata.labels") ?? {}) as PodTemplate["labels"];
      return pod ? [{ owner: `${kind} ${metadata.name}`, labels, spec: pod }] : [];
    });
  }

  ofKind(kind: string): readonly Manifest[] {
    return this.manifests().filter((manifest) => manifest.kind === kind);
  }

  rules(): readonly Rule[] {
    const groups = this.ofKind("PrometheusRule").flatMap(
      ({ spec }) => at(spec, "groups") as readonly { readonly rules: readonly Rule[] }[],
    );
    return groups.flatMap(({ rules }) => rules);
  }

  /** `<ServiceMonitor> <port>` of everything that is scraped, without the release's name. */
  scraped(): readonly string[] {
    const monitors = [...(this.ofKind("ServiceMonitor") as readonly Monitor[]), ...this.own];
    return monitors.flatMap(({ metadata, spec }) =>
      spec.endpoints.map(
        ({ port }) => `${metadata.name.replace(/^kube-prometheus-stack-/, "")} ${port}`,
      ),
    );
  }

  /** Patterns of metric names that a scrape of the job drops. */
  dropped(): readonly RegExp[] {
    const endpoints = this.ofKind("ServiceMonitor").flatMap(
      ({ spec }) =>
        at(spec, "endpoints") as readonly { readonly metricRelabelings?: Relabeling[] }[],
    );
    return endpoints
      .flatMap(({ metricRelabelings = [] }) => metricRelabelings)
      .filter(({ action, sourceLabels }) => action === "drop" && sourceLabels.join() === "__name__")
      .map(({ regex }) => new RegExp(`^(?:${regex})$`));
  }

  /** Bytes of the Secret in which Helm 3 keeps a release: its record as JSON, gzip, base64. */
  secretBytes(): number {
    const release = {
      chart: {
        templates: filesBelow(path.join(CHART, "templates")),
        values: readFileSync(path.join(CHART, "values.yaml"), "utf8"),
        files: filesBelow(CHART, ["templates", "charts", "ci", "hack", "unittests", "files"]),
      },
      config: this.values,
      manifest: this.text,
    };
    const zipped = gzipSync(JSON.stringify(release), { level: 9 });
    return Buffer.byteLength(zipped.toString("base64"));
  }
}

interface Relabeling {
  readonly action: string;
  readonly sourceLabels: readonly string[];
  readonly regex: string;
}

/** @throws Error where the chart is to be rendered, and nothing can */
function helm(): string {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), `${homedir()}/.pulumi/bin`];
  const found = folders.map((folder) => path.join(folder, "helm")).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Error(
    "helm must be on PATH to render the chart. Fix: https://helm.sh/docs/intro/install",
  );
}

/** Contents in base64, as Helm keeps them. */
function filesBelow(folder: string, except: readonly string[] = []): readonly object[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !except.includes(name))
    .flatMap((entry): readonly object[] => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(file);
      return [{ name: file, data: readFileSync(file).toString("base64") }];
    });
}

const twice = (values: readonly unknown[]): unknown[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

const containersOf = ({ initContainers = [], containers }: PodSpec): readonly Container[] => [
  ...initContainers,
  ...containers,
];

/** The rules that read a metric which no target has, each with those metrics. */
function rulesWithoutData(rendering: Rendering): Record<string, string[]> {
  const rules = rendering.rules();
  const recorded = new Set(rules.map(({ record }) => record));
  const dropped = rendering.dropped();
  const scraped = rendering.scraped();
  const exporters = EXPORTERS.filter(({ monitor, port }) => scraped.includes(`${monitor} ${port}`));
  const hasData = (metric: string, job: string | undefined) =>
    ["up", "ALERTS"].includes(metric) ||
    recorded.has(metric) ||
    (!dropped.some((pattern) => pattern.test(metric)) &&
      exporters.some(
        (exporter) =>
          exporter.metrics.includes(metric) &&
          (job === undefined || exporter.job === "*" || exporter.job === job),
      ));
  const lacking: Record<string, string[]> = {};
  for (const { alert, record, expr } of rules) {
    const metrics = selectors(expr).flatMap(({ metric, matchers }) => {
      const [job] = matchers.flatMap((matcher) => /^job="(.*)"$/.exec(matcher)?.[1] ?? []);
      return hasData(metric, job) ? [] : [metric];
    });
    const name = alert ?? record ?? "";
    if (metrics.length === 0) continue;
    lacking[name] = [...new Set([...(lacking[name] ?? []), ...metrics])].sort();
  }
  return lacking;
}

/** docs/chart-alerts.md: rule and metrics of each row. */
function documented(): Record<string, string[]> {
  const page = readFileSync(path.join(ROOT, "docs", "chart-alerts.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([\w:]+)` +\| (.+?) +\| (.+?) +\|$/gm)];
  return Object.fromEntries(
    rows.map(([, rule = "", metrics = ""]) => [
      rule,
      [...metrics.matchAll(/`(\w+)`/g)].map(([, metric = ""]) => metric).sort(),
    ]),
  );
}

for (const stack of ["prod", "dev"]) {
  describe(`the chart, rendered with the values of ${stack}`, () => {
    let rendering: Rendering;
    before(async function () {
      needChart(this);
      rendering = await Rendering.of(stack);
    });

    it("has no key twice", () => {
      assert.deepEqual(rendering.yamlErrors(), []);
      for (const { owner, spec } of rendering.pods()) {
        for (const { name, env = [], ports = [], volumeMounts = [] } of containersOf(spec)) {
          const where = `${owner} ${name}`;
          assert.deepEqual(twice(env.map((each) => each.name)), [], where);
          assert.deepEqual(twice(ports.map((each) => each.name)), [], where);
          const numbers = ports.map((each) => `${each.containerPort} ${each.protocol ?? "TCP"}`);
          assert.deepEqual(twice(numbers), [], where);
          assert.deepEqual(twice(volumeMounts.map((each) => each.mountPath)), [], where);
        }
      }
    });

    it("asks for CPU and memory, and limits memory, in every container", () => {
      const own = rendering
        .pods()
        .flatMap(({ owner, spec }) => containersOf(spec).map((each) => [owner, each] as const));
      assert.ok(own.length >= 10);
      const operators = ["Prometheus", "Alertmanager"].flatMap((kind) =>
        rendering.ofKind(kind).map(({ spec }) => [kind, spec as Container] as const),
      );
      assert.equal(operators.length, 2);
      for (const [owner, { name, resources }] of [...own, ...operators]) {
        for (const where of ["requests.cpu", "requests.memory", "limits.memory"]) {
          assert.ok(at(resources, where), `${owner} ${name} ${where}`);
        }
      }
      const reloader = JSON.stringify(rendering.ofKind("Deployment"));
      for (const flag of ["cpu-request", "memory-request", "memory-limit"]) {
        assert.match(reloader, new RegExp(`--config-reloader-${flag}=[1-9]`));
      }
    });

    it("runs nothing as root and nothing privileged but node-exporter", () => {
      const specs = rendering.pods().map(({ owner, spec }) => [owner, spec] as const);
      const operators = ["Prometheus", "Alertmanager"].flatMap((kind) =>
        rendering.ofKind(kind).map(({ spec }) => [kind, spec] as const),
      );
      for (const [owner, spec] of [...specs, ...operators]) {
        assert.equal(at(spec, "securityContext.runAsNonRoot"), true, owner);
        assert.ok(Number(at(spec, "securityContext.runAsUser")) > 0, owner);
      }
      for (const { owner, spec } of rendering.pods()) {
        if (owner.endsWith("prometheus-node-exporter")) continue;
        for (const flag of ["hostNetwork", "hostPID", "hostIPC"]) assert.ok(!at(spec, flag), owner);
        for (const { name, securityContext } of containersOf(spec)) {
          const where = `${owner} ${name}`;
          assert.ok(!at(securityContext, "privileged"), where);
          assert.equal(at(securityContext, "allowPrivilegeEscalation"), false, where);
          assert.deepEqual(at(securityContext, "capabilities.drop"), ["ALL"], where);
        }
      }
    });

    it("calls what the check asks for by the names that it asks for", async () => {
      const { resources } = await recordStack(stack);
      const data = (name: string) =>
        resources.find((each) => each.type === "kubernetes:core/v1:ConfigMap" && each.name === name)
          ?.inputs.data as Record<string, string>;
      const { prometheus, alertmanager, grafana } = JSON.parse(
        data("stack-check")["stack.json"] ?? "",
      ) as { prometheus: string; alertmanager: string; grafana: { name: string } };
      const names = (kind: string) => rendering.ofKind(kind).map(({ metadata }) => metadata.name);
      assert.deepEqual(names("Prometheus"), [prometheus]);
      assert.deepEqual(names("Alertmanager"), [alertmanager]);
      for (const kind of ["Deployment", "Service"]) assert.ok(names(kind).includes(grafana.name));
      const sources = rendering
        .ofKind("ConfigMap")
        .find(({ metadata }) => metadata.name === `${grafana.name}-datasource`);
      const uid = /DATA_SOURCE = "(.+)"/.exec(data("stack-check")["grafana.cjs"] ?? "")?.[1];
      assert.match(JSON.stringify(sources), new RegExp(`uid: ${uid ?? "none"}\\\\n`));
    });

    it("has rules and dashboards of scheduler and controller manager, and nothing in kube-system for them", () => {
      const alerts = rendering.rules().map(({ alert }) => alert);
      for (const part of ["kube-scheduler", "kube-controller-manager"]) {
        const made = rendering.manifests().filter(({ metadata }) => metadata.name.endsWith(part));
        assert.deepEqual(made, []);
        assert.ok(rendering.scraped().includes(`${part} https`));
      }
      assert.ok(alerts.includes("KubeSchedulerDown") && !alerts.includes("KubeProxyDown"));
      assert.ok(alerts.includes("KubeControllerManagerDown"));
      const boards = rendering.ofKind("ConfigMap").map(({ metadata }) => metadata.name);
      for (const board of ["scheduler", "controller-manager"]) {
        assert.ok(boards.includes(`kube-prometheus-stack-${board}`), board);
      }
    });

    it("has node-exporter in a namespace of its own, and nothing else there", () => {
      const elsewhere = rendering
        .manifests()
        .filter(({ metadata }) => metadata.namespace === "prometheus-node-exporter");
      assert.deepEqual(
        elsewhere.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(),
        ["DaemonSet", "Service", "ServiceAccount", "ServiceMonitor"].map(
          (kind) => `${kind} kube-prometheus-stack-prometheus-node-exporter`,
        ),
      );
      assert.ok(
        rendering
          .pods()
          .every(({ owner, spec }) => !at(spec, "hostNetwork") || owner.startsWith("DaemonSet ")),
      );
    });

    it("gives Grafana's account no role: the program does", () => {
      const bindings = ["RoleBinding", "ClusterRoleBinding"].flatMap((kind) =>
        rendering.ofKind(kind),
      );
      assert.ok(bindings.length >= 4);
      assert.ok(!JSON.stringify(bindings).includes("grafana"));
      const watched = rendering
        .pods()
        .flatMap(({ spec }) => containersOf(spec))
        .filter(({ name }) => name.startsWith("grafana-sc-"))
        .map(({ env = [] }) => env.find(({ name }) => name === "RESOURCE")?.value);
      assert.deepEqual(watched, ["configmap", "configmap"]);
    });

    it("gives its pods the labels and ports that the network policies name", () => {
      const pods = rendering
        .pods()
        .map(({ owner, labels, spec }) => [
          owner.split(" kube-prometheus-stack-").join(" "),
          labels["app.kubernetes.io/name"],
          containersOf(spec).flatMap(({ ports = [] }) =>
            ports.map(({ containerPort }) => containerPort),
          ),
        ]);
      const operator = "kube-prometheus-stack-prometheus-operator";
      assert.deepEqual(Object.fromEntries(pods.map(([owner, ...rest]) => [owner, rest])), {
        "DaemonSet prometheus-node-exporter": ["prometheus-node-exporter", [9100]],
        "Deployment grafana": ["grafana", [3000, 9094, 9094, 6060]],
        "Deployment kube-state-metrics": ["kube-state-metrics", [8080, 8081]],
        "Deployment operator": [operator, [10250]],
        "Job admission-create": [operator, []],
        "Job admission-patch": [operator, []],
        "Job crds-upgrade": ["crds-upgrade", []],
      });
    });

    it("gives every pod that stays the stack's priority, and Jobs none", () => {
      const operators = ["Prometheus", "Alertmanager"].flatMap((kind) =>
        rendering.ofKind(kind).map(({ spec }) => [kind, spec] as const),
      );
      const pods = rendering.pods().map(({ owner, spec }) => [owner, spec] as const);
      for (const [owner, spec] of [...operators, ...pods]) {
        const expected = owner.startsWith("Job ") ? undefined : "kube-prometheus-stack";
        assert.equal(at(spec, "priorityClassName"), expected, owner);
      }
      assert.equal(operators.length, 2);
    });

    it("spreads replicas over its zones, and keeps a budget for several", () => {
      const several = stack === "prod";
      for (const kind of ["Prometheus", "Alertmanager"]) {
        const [constraint] = rendering
          .ofKind(kind)
          .flatMap(({ spec }) => at(spec, "topologySpreadConstraints") as object[]);
        assert.equal(at(constraint, "minDomains"), 2, kind);
        assert.equal(at(constraint, "whenUnsatisfiable"), "DoNotSchedule", kind);
      }
      const budgets = rendering
        .ofKind("PodDisruptionBudget")
        .map(({ metadata, spec }) => [
          metadata.name,
          at(spec, "minAvailable"),
          at(spec, "maxUnavailable"),
        ]);
      const names = ["alertmanager", "prometheus"].map((name) => `kube-prometheus-stack-${name}`);
      assert.deepEqual(budgets, several ? names.map((name) => [name, 1, undefined]) : []);
      const service = rendering
        .ofKind("Service")
        .find(({ metadata }) => metadata.name === "kube-prometheus-stack-prometheus");
      assert.equal(at(service?.spec, "sessionAffinity"), several ? "ClientIP" : "None");
    });

    it("fits into the Secret that Helm keeps it in", () => {
      const bytes = rendering.secretBytes();
      // Far too little would mean that this counts something else.
      assert.ok(bytes > SECRET_BYTES / 10 && bytes < SECRET_BYTES, `${bytes} bytes`);
    });

    it("has no rule without data that docs/chart-alerts.md does not name", () => {
      assert.deepEqual(rulesWithoutData(rendering), documented());
    });
  });
}

describe("the chart, rendered with values of the stack's own", () => {
  before(function () {
    needChart(this);
  });

  it("has them over those of the program, and without what null takes away", async () => {
    const own = {
      prometheus: { prometheusSpec: { logLevel: "debug", topologySpreadConstraints: null } },
      alertmanager: { alertmanagerSpec: { resources: { limits: { memory: "200Mi" } } } },
    };
    const rendering = await Rendering.of("prod", { chartValues: JSON.stringify(own) });
    const [prometheus] = rendering.ofKind("Prometheus");
    assert.equal(at(prometheus?.spec, "logLevel"), "debug");
    assert.equal(at(prometheus?.spec, "topologySpreadConstraints"), undefined);
    assert.equal(at(prometheus?.spec, "retention"), "31d");
    const [alertmanager] = rendering.ofKind("Alertmanager");
    assert.deepEqual(at(alertmanager?.spec, "resources"), {
      limits: { memory: "200Mi" },
      requests: { cpu: "10m", memory: "64Mi" },
    });
  });
});
