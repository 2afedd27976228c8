import type { Kubernetes, KubernetesObject } from "../kubernetes";

interface NodePool extends KubernetesObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly requirements: readonly { readonly key: string; readonly values?: string[] }[];
      };
    };
  };
}

const ARCHITECTURE = "kubernetes.io/arch";

/** Nodes of the pool's architecture. kwok plays the same ones all the time, so these become what new ones would be. */
export class Nodes {
  constructor(private readonly kubernetes: Kubernetes) {}

  async reconcile(): Promise<void> {
    const [pool] = await this.kubernetes.list<NodePool>("karpenter.sh/v1", "NodePool");
    const { requirements = [] } = pool?.spec.template.spec ?? {};
    const wanted = requirements.find(({ key }) => key === ARCHITECTURE)?.values?.[0];
    if (wanted === undefined) return;
    for (const node of await this.kubernetes.list<KubernetesObject>("v1", "Node")) {
      if (node.metadata.labels?.[ARCHITECTURE] === wanted) continue;
      await this.kubernetes.patch(node, { metadata: { labels: { [ARCHITECTURE]: wanted } } });
    }
  }
}
