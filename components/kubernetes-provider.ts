import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Which cluster a provider is for. */
export interface KubernetesProviderArgs {
  /** JSON or YAML. @default the files that kubectl reads ($KUBECONFIG or ~/.kube/config) */
  readonly kubeconfig?: pulumi.Output<string>;
  /** @default the kubeconfig's current one */
  readonly context?: string;
  /**
   * Name of the cluster for the life of the stack. Without it an unknown kubeconfig plans a replacement of
   * everything on the cluster.
   */
  readonly clusterIdentifier: string;
}

/**
 * The provider's default is to replace a ConfigMap or Secret whose data change: deleted, then created. A
 * CLI that is killed in between would leave Alertmanager without its receivers.
 */
const UPDATED_IN_PLACE = { enableConfigMapMutable: true, enableSecretMutable: true };

/**
 * Requests a second, and at once, to the API server. With the defaults, 50 and 120, a refresh of 50
 * services waits for the limit for two thirds of its time (21.8 s against 8.0 s).
 */
const CLIENT_LIMITS = { qps: 300, burst: 600 };

/** The provider of everything on a cluster. */
export const createKubernetesProvider = (
  name: string,
  args: KubernetesProviderArgs,
  opts: pulumi.ResourceOptions,
): k8s.Provider =>
  new k8s.Provider(name, { ...args, ...UPDATED_IN_PLACE, kubeClientSettings: CLIENT_LIMITS }, opts);
