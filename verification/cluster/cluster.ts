import { readFileSync } from "node:fs";
import { versions } from "../../versions";
import { Kubernetes, type KubernetesObject } from "./kubernetes";

/** A cluster that may be filled, broken and emptied: nothing runs on it but what a run puts there. */
export interface TestCluster {
  readonly kubernetes: Kubernetes;
  /** Such as "v1.35.4". */
  readonly version: string;
  /** One sentence where results may differ from those of the versions that are supported. */
  readonly warning?: string;
}

interface Node extends KubernetesObject {
  readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string } };
}

/** Seconds that the API server may take for its first answer. */
const FIRST_ANSWER_SECONDS = 5;

const HOW_TO_GET =
  "Fix: give a cluster of its own whose nodes are played by kwok, such as `kwokctl create cluster " +
  "--kubeconfig FILE` makes (https://kwok.sigs.k8s.io), or one of setup-envtest with `kwok " +
  "--manage-all-nodes` beside it.";

/**
 * Takes a cluster only where nothing is lost with it: every node is played by kwok, and there is no
 * namespace beside default and kube-*.
 * @param kubeconfigFile its path
 */
export async function connect(
  kubeconfigFile: string,
): Promise<{ readonly cluster: TestCluster } | { readonly refused: string }> {
  const opened = open(kubeconfigFile);
  if ("refused" in opened) return opened;
  const { first, kubernetes } = opened;
  try {
    const version = await first.version();
    const refused =
      foreignNode(await first.list<Node>("v1", "Node")) ??
      foreignNamespace(await first.list("v1", "Namespace"));
    if (refused !== undefined) return { refused: `${kubeconfigFile}: ${refused} ${HOW_TO_GET}` };
    return { cluster: { kubernetes, version, ...warningOf(version) } };
  } catch (error) {
    const why = `the API server of ${kubeconfigFile} does not answer within ${FIRST_ANSWER_SECONDS} s`;
    return { refused: `${why} (${messageOf(error)}). ${HOW_TO_GET}` };
  }
}

function open(
  file: string,
): { readonly first: Kubernetes; readonly kubernetes: Kubernetes } | { readonly refused: string } {
  try {
    const text = readFileSync(file, "utf8");
    return {
      first: Kubernetes.open(text, FIRST_ANSWER_SECONDS),
      kubernetes: Kubernetes.open(text),
    };
  } catch (error) {
    return {
      refused: `${file} cannot be read as a kubeconfig (${messageOf(error)}). ${HOW_TO_GET}`,
    };
  }
}

function foreignNode(nodes: readonly Node[]): string | undefined {
  const foreign = nodes.find((node) => !isPlayed(node));
  return (
    foreign &&
    `every node must be played by kwok; got ${foreign.metadata.name}, which has a kubelet.`
  );
}

/** A kubelet tells its version as it registers its node; kwok tells none, or `kwok-...`. */
function isPlayed({ metadata, status }: Node): boolean {
  const kubelet = status?.nodeInfo?.kubeletVersion ?? "";
  const marked = metadata.annotations?.["kwok.x-k8s.io/node"] === "fake";
  return marked || kubelet === "" || kubelet.startsWith("kwok-");
}

function foreignNamespace(namespaces: readonly KubernetesObject[]): string | undefined {
  const foreign = namespaces.map(({ metadata }) => metadata.name).filter(isForeign);
  if (foreign.length === 0) return undefined;
  return `it must have no namespace beside default and kube-*; got ${foreign.join(", ")}.`;
}

/** Whether a namespace is none that every cluster has. */
export const isForeign = (namespace: string): boolean =>
  namespace !== "default" && !namespace.startsWith("kube-");

function warningOf(version: string): { readonly warning?: string } {
  const minor = /^v(\d+\.\d+)\./.exec(version)?.[1] ?? version;
  const supported: readonly string[] = versions.kubernetes.map((each) => each.minor);
  if (supported.includes(minor)) return {};
  return {
    warning: `the cluster is Kubernetes ${version}; the stack is made for ${supported.join(", ")}`,
  };
}

/** The reasons of a failed connection are in its cause or, for several addresses, in its parts. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
