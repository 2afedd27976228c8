import { at, type Properties, type Rule, type Subject } from "../rule";

const OPERATOR = "kubernetes:monitoring.coreos.com/v1";

/** What keeps data in the chart, and where its values say so. Grafana is provisioned: it needs none. */
const PARTS = [
  ["Prometheus", ["prometheus", "prometheusSpec", "storageSpec"]],
  ["Alertmanager", ["alertmanager", "alertmanagerSpec", "storage"]],
] as const;

export const keepsData: Rule = {
  name: "keeps-data",
  description:
    "In production Prometheus and Alertmanager are on volumes: nodes are replaced, and their data with them.",
  level: "mandatory",
  settings: {
    stacks: { description: "Stacks that are production.", default: ["prod"] },
  },
  check: (subject, { stacks = [] }) => {
    if (!stacks.includes(subject.stack)) return [];
    return withoutVolume(subject).map(
      (part) =>
        `${part} of ${subject.name} must be on a volume in stack ${subject.stack}; got none. Fix: pulumi config set persistence true`,
    );
  },
};

function withoutVolume({ type, props }: Subject): readonly string[] {
  if (type === `${OPERATOR}:Prometheus` || type === `${OPERATOR}:Alertmanager`) {
    return isOnVolume(at(props, "spec", "storage")) ? [] : [type.slice(OPERATOR.length + 1)];
  }
  if (!isChart(type, props)) return [];
  return PARTS.filter(([, path]) => !isOnVolume(at(props.values, ...path))).map(([part]) => part);
}

const isChart = (type: string, { chart }: Properties): boolean =>
  type === "kubernetes:helm.sh/v3:Release" && String(chart).includes("kube-prometheus-stack");

/** An emptyDir goes with its pod. */
const isOnVolume = (storage: unknown): boolean =>
  storage !== undefined && storage !== false && at(storage, "emptyDir") === undefined;
