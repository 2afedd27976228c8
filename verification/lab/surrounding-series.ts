import { NODES, POD_NUMBERS, PODS } from "./conditions";
import type { Series, Step } from "./step";

const POD = (pod: number): string => `namespace="prod",pod="task-service-${pod}"`;
const AUTOSCALER = 'namespace="prod",horizontalpodautoscaler="task-service"';
const DEPLOYMENT = 'namespace="prod",deployment="task-service"';
const EXPORTER = 'job="kube-state-metrics"';
const PODS_ORDINARILY = PODS.length;
/** prod's taskServiceReplicas, and five times that. */
const LEAST_PODS = 3;
const MOST_PODS = 15;

/** What the rules of the service and of the chart read of Kubernetes: its objects, and who is scraped. */
export function surroundingSeries(steps: readonly Step[]): Series[] {
  const target = (labels: string, of: (step: Step) => boolean = () => true): Series => ({
    name: `up{${labels}}`,
    values: steps.map((step) => (of(step) ? 1 : 0)),
  });
  return [
    target('job="apiserver",namespace="default",service="kubernetes"'),
    ...["kube-scheduler", "kube-controller-manager"].map((job) =>
      target(`job="${job}",namespace="default",service="kubernetes"`),
    ),
    ...NODES.map((node) =>
      target(
        `job="kubelet",metrics_path="/metrics",namespace="kube-system",node="${node}",service="kubelet"`,
      ),
    ),
    target(`${EXPORTER},namespace="prometheus",service="kube-state-metrics"`, hasObjects),
    ...objectSeries(steps),
  ];
}

function objectSeries(steps: readonly Step[]): Series[] {
  const object = (name: string, labels: string, of: (step: Step) => number): Series => ({
    name: `${name}{${EXPORTER},${labels}}`,
    values: steps.map((step) => (hasObjects(step) ? of(step) : undefined)),
  });
  const replicas = ({ conditions }: Step) => conditions.replicas ?? PODS_ORDINARILY;
  return [
    object("kube_horizontalpodautoscaler_status_current_replicas", AUTOSCALER, replicas),
    object("kube_horizontalpodautoscaler_spec_min_replicas", AUTOSCALER, () => LEAST_PODS),
    object("kube_horizontalpodautoscaler_spec_max_replicas", AUTOSCALER, () => MOST_PODS),
    object("kube_deployment_spec_replicas", DEPLOYMENT, replicas),
    object("kube_deployment_status_replicas_updated", DEPLOYMENT, replicas),
    object(
      "kube_deployment_status_replicas_available",
      DEPLOYMENT,
      (step) => replicas(step) - lostPods(step),
    ),
    ...POD_NUMBERS.flatMap((pod) => [
      object("kube_pod_owner", `${POD(pod)},owner_kind="ReplicaSet"`, () => 1),
      object("kube_pod_status_phase", `${POD(pod)},phase="Running"`, () => 1),
      object("kube_pod_status_ready", `${POD(pod)},condition="true"`, (step) =>
        isLost(step, pod) ? 0 : 1,
      ),
      object(
        "kube_pod_container_status_restarts_total",
        `${POD(pod)},container="task-service"`,
        ({ conditions: { restarts = 0 } }) => (pod === 0 ? restarts : 0),
      ),
    ]),
    ...NODES.flatMap((node) => [
      object("kube_node_spec_unschedulable", `node="${node}"`, () => 0),
      object(
        "kube_node_status_condition",
        `node="${node}",condition="Ready",status="true"`,
        ({ conditions: { notReady = [] } }) => (notReady.includes(node) ? 0 : 1),
      ),
    ]),
  ];
}

const hasObjects = ({ conditions }: Step): boolean => conditions.objects ?? true;

/** A pod that stands on a node that is not ready, until it is replaced. */
const isLost = ({ conditions: { notReady = [], unscraped = [] } }: Step, pod: number): boolean =>
  unscraped.includes(pod) && notReady.some((node) => node === PODS[pod]);

const lostPods = (step: Step): number => POD_NUMBERS.filter((pod) => isLost(step, pod)).length;
