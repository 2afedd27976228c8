import type { Kubernetes, KubernetesObject } from "../cluster/kubernetes";

/** A pod, as far as its processes and their files need it. */
export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
    readonly volumes?: readonly Volume[];
  };
  readonly status?: { readonly phase?: string; readonly podIP?: string };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    /** One file or folder of the volume. */
    readonly subPath?: string;
  }[];
}

interface Item {
  readonly key: string;
  readonly path: string;
}

/** Where files come from; any other source, such as a claim, is an empty folder. */
export interface VolumeSource {
  readonly secret?: {
    readonly secretName?: string;
    readonly name?: string;
    readonly items?: readonly Item[];
  };
  readonly configMap?: { readonly name: string; readonly items?: readonly Item[] };
  readonly serviceAccountToken?: { readonly path: string; readonly expirationSeconds?: number };
  readonly downwardAPI?: {
    readonly items: readonly {
      readonly path: string;
      readonly fieldRef: { readonly fieldPath: string };
    }[];
  };
}

interface Volume extends VolumeSource {
  readonly name: string;
  readonly projected?: { readonly sources: readonly VolumeSource[] };
}

/** Running pods with all of these labels, in the order of their names. */
export async function podsWith(
  kubernetes: Kubernetes,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): Promise<readonly Pod[]> {
  const pods = await kubernetes.list<Pod>("v1", "Pod", namespace);
  return pods
    .filter(({ metadata, status }) => {
      const has = metadata.labels ?? {};
      const isRunning = status?.phase === "Running" && metadata.deletionTimestamp === undefined;
      return isRunning && Object.entries(labels).every(([name, value]) => has[name] === value);
    })
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

/** @throws Error where the pod has no such container */
export function containerOf({ metadata, spec }: Pod, name: string): Container {
  const found = spec.containers.find((container) => container.name === name);
  if (found) return found;
  throw new Error(`the pod ${metadata.name} has no container ${name}`);
}

/** @throws Error where the pod has no address yet */
export function addressOf({ metadata, status }: Pod): string {
  if (status?.podIP !== undefined) return status.podIP;
  throw new Error(`the pod ${metadata.name} has no address`);
}

/** The container's environment as the kubelet would set it. */
export function environmentOf(pod: Pod, { env = [] }: Container): Readonly<Record<string, string>> {
  return Object.fromEntries(
    env.flatMap(({ name, value, valueFrom }) => {
      if (value !== undefined) return [[name, value]];
      const path = valueFrom?.fieldRef?.fieldPath;
      return path === undefined ? [] : [[name, fieldOf(pod, path)]];
    }),
  );
}

/** The value at a field path of the downward API. */
export function fieldOf(pod: Pod, path: string): string {
  const found = path
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], pod);
  if (typeof found === "string") return found;
  throw new Error(`the pod ${pod.metadata.name} has no ${path}`);
}

/** `$(NAME)` replaced. @throws Error where a name has no value */
export const expanded = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\(([A-Za-z_]\w*)\)/g, (variable, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    throw new Error(`${variable} has no value`);
  });
