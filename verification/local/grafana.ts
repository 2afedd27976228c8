import { GRAFANA_NAME } from "../../components/monitoring-stack/grafana";
import type { Kubernetes, KubernetesObject } from "../cluster/kubernetes";

interface Secret extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface Service extends KubernetesObject {
  readonly spec: { readonly ports: readonly { readonly nodePort?: number }[] };
}

/** What the stack's outputs say of Grafana, and who has to be told else. */
export interface GrafanaOutputs {
  readonly url: string;
  readonly password: string;
  readonly namespace: string;
  /** Whether the chart's values have an effect; without it the Service has no node port. */
  readonly hasNodePort: boolean;
}

/** The password is the one that Grafana reads, and the address is its Service's node port. */
export async function grafanaProblems(
  kubernetes: Kubernetes,
  { url, password, namespace, hasNodePort }: GrafanaOutputs,
): Promise<string[]> {
  const secret = await kubernetes.get<Secret>("v1", "Secret", GRAFANA_NAME, namespace);
  const read = Buffer.from(secret?.data?.["admin-password"] ?? "", "base64").toString();
  const service = await kubernetes.get<Service>("v1", "Service", GRAFANA_NAME, namespace);
  const ports = service?.spec.ports.map(({ nodePort }) => nodePort) ?? [];
  const port = Number(new URL(url).port);
  return [
    // Neither is told: what is printed here may be kept.
    ...(read === password && password !== ""
      ? []
      : ["the output grafanaAdminPassword must be what Grafana's Secret holds; it is another."]),
    ...(!hasNodePort || ports.includes(port)
      ? []
      : [`grafanaUrl is ${url}, and Grafana's Service has the node ports ${ports.join(", ")}.`]),
  ];
}
