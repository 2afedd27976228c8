import { gunzipSync } from "node:zlib";
import type { Kubernetes, KubernetesObject } from "../../verification/cluster/kubernetes";
import { expanded } from "../../verification/proof/pod";
import { eventually } from "./control-plane";

interface WithData extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** What the operator makes of a Prometheus and of all that it selects. */
export interface WrittenByOperator {
  /** As it is in the Secret. */
  readonly configuration: string;
  /** As Prometheus reads it: the config-reloader replaces names of the environment. */
  readonly expanded: string;
  /** Content of each file of rules, by its name. */
  readonly rules: Readonly<Record<string, string>>;
}

/**
 * @param isDone whether everything that was asked for is in the configuration
 * @param ruleFiles how many files of rules there must be
 * @throws Error after 20 s
 */
export async function writtenByOperator(
  kubernetes: Kubernetes,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  isDone: (configuration: string) => boolean,
  ruleFiles: number,
): Promise<WrittenByOperator> {
  const configuration = await eventually(async () => {
    const secret = await kubernetes.get<WithData>("v1", "Secret", `prometheus-${name}`, namespace);
    const packed = Buffer.from(secret?.data?.["prometheus.yaml.gz"] ?? "", "base64");
    const text = packed.length > 0 ? gunzipSync(packed).toString() : "";
    return isDone(text) && text;
  });
  const rules = await eventually(async () => {
    const maps = await kubernetes.list<WithData>("v1", "ConfigMap", namespace);
    const own = maps.find((each) => each.metadata.name.startsWith(`prometheus-${name}-rulefiles`));
    return Object.keys(own?.data ?? {}).length === ruleFiles && own?.data;
  });
  const environment = { SHARD: "0", POD_NAME: `prometheus-${name}-0` };
  return { configuration, expanded: expanded(configuration, environment), rules };
}
