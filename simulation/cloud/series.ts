import { at, reveal } from "../resource";
import type { CloudResource, ControllerContext } from "./behaviour";
import { zonesOf } from "./ec2";
import { RELEASE } from "./helm-release";
import { nodesFor } from "./nodes";
import { countAt } from "./pods";

/** Series of one target: all that Prometheus keeps of it, and those that dashboards, rules and alerts use. */
interface TargetSeries {
  readonly what: string;
  readonly all: number;
  readonly used: number;
  /**
   * `measured` on 2026-11-27: real programs beside the prod stack on a real Kubernetes 1.35 whose three nodes are
   * played, after what the chart's monitors drop. `assumed`: nothing here can run it.
   */
  readonly source: "measured" | "assumed";
}

const SERIES = {
  apiServer: { what: "API servers", all: 20_188, used: 2311, source: "measured" },
  // kube-state-metrics 2.20 and its own, with 15 pods of the stack.
  cluster: { what: "kube-state-metrics", all: 1513, used: 498, source: "measured" },
  operator: { what: "operator", all: 633, used: 61, source: "measured" },
  prometheus: { what: "Prometheus", all: 1703, used: 247, source: "measured" },
  alertmanager: { what: "Alertmanager", all: 606, used: 310, source: "measured" },
  grafana: { what: "Grafana", all: 1000, used: 100, source: "assumed" },
  // node-exporter 1.12, on a machine of 2 cores.
  node: { what: "node-exporter", all: 480, used: 72, source: "measured" },
  kubelet: { what: "kubelets and cAdvisor", all: 2500, used: 1200, source: "assumed" },
  // task-service under the proof's load, which calls every route.
  service: { what: "pods of services", all: 421, used: 315, source: "measured" },
  rules: { what: "recorded by rules", all: 106, used: 106, source: "measured" },
} as const satisfies Readonly<Record<string, TargetSeries>>;

/** EKS runs at least two API servers (EKS User Guide, "Amazon EKS architecture"). */
const API_SERVERS = 2;
const SECONDS_PER_MONTH = 730 * 3600;

/** Series of a kind of target in a stack. */
interface SeriesLine extends TargetSeries {
  /** Targets of the kind. */
  readonly count: number;
}

/** What a stack writes to long-term storage in a month. */
export interface WrittenSamples {
  readonly lines: readonly SeriesLine[];
  /** Replicas of Prometheus, each of which writes everything: the store keeps one's samples. */
  readonly replicas: number;
  /** Series and samples of a month with every series, written once. */
  readonly all: { readonly series: number; readonly samples: number };
  /** The same of what the stack writes. */
  readonly written: { readonly series: number; readonly samples: number };
}

/** @returns undefined where the stack writes to no long-term storage */
export function writtenSamples({ resources, pods }: ControllerContext): WrittenSamples | undefined {
  const release = resources.find(({ type }) => type === RELEASE);
  const spec = reveal(at(release?.inputs, "values.prometheus.prometheusSpec"));
  const [endpoint] = (at(spec, "remoteWrite") ?? []) as readonly object[];
  if (!endpoint) return undefined;
  const replicas = countAt(spec, "replicas");
  const nodes = nodesFor(pods, zonesOf(resources));
  const isUsedOnly = at(endpoint, "writeRelabelConfigs") !== undefined;
  const counts: Readonly<Record<keyof typeof SERIES, number>> = {
    apiServer: API_SERVERS,
    cluster: 1,
    operator: 1,
    prometheus: replicas,
    alertmanager: replicas,
    grafana: 1,
    node: nodes,
    kubelet: nodes,
    service: servicePods(resources, pods),
    rules: 1,
  };
  const lines = (Object.keys(SERIES) as (keyof typeof SERIES)[]).map((key) => ({
    ...SERIES[key],
    count: counts[key],
  }));
  const sum = (of: "all" | "used") => lines.reduce((all, line) => all + line.count * line[of], 0);
  const inMonth = (series: number) => ({
    series,
    samples: (series * SECONDS_PER_MONTH) / secondsOf(String(at(spec, "scrapeInterval"))),
  });
  const all = inMonth(sum("all"));
  return { lines, replicas, all, written: isUsedOnly ? inMonth(sum("used")) : all };
}

const servicePods = (
  resources: readonly CloudResource[],
  pods: ControllerContext["pods"],
): number =>
  pods
    .filter(({ because }) =>
      resources.some(
        ({ urn, type }) => urn === because && type === "kubernetes:apps/v1:Deployment",
      ),
    )
    .reduce((sum, { count }) => sum + (typeof count === "number" ? count : 0), 0);

/** Of a duration as the configuration takes it: "30s" or "2m". */
const secondsOf = (interval: string): number =>
  Number.parseInt(interval, 10) * (interval.endsWith("m") ? 60 : 1);
