import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { versions } from "../../versions";
import type { Autoscaler } from "../autoscaler";
import { type FixedInput, keepInputs } from "../fixed-inputs";
import { TAKEN_BACK, versionOf } from "../helm-release";
import { createNamespace } from "../namespace";
import type { Platform } from "../platform";
import type { Watcher } from "../watcher";
import { kedaValues } from "./keda-values";
import { createKedaPolicies } from "./network-policies";

/** Arguments of Keda. */
export interface KedaArgs {
  /** Namespace to make for it, for the life of the stack. */
  readonly namespace: string;
  /** The cluster to run on; it must not have a KEDA yet. */
  readonly platform: Platform;
  /** The MonitoringStack that watches it, and whose Prometheus it asks. */
  readonly watchedBy: Watcher;
  /** Folder or archive of the pinned chart, or its oci:// address. @default the project's own repository */
  readonly chart?: string;
  /** Pods of each of its parts; of several one works, and another takes over when it is lost. @default 1 */
  readonly replicas?: number;
  /** Which of others' pods make room for its own. @default the cluster's default class */
  readonly priorityClassName?: pulumi.Input<string>;
}

const RELEASE = "keda";
/** Enough for a node to start and for the images; Helm's default is 300 s. */
const HELM_TIMEOUT_SECONDS = 600;

const TYPE = "kubernetes-monitoring:index:Keda";

/** What the component refuses to change. */
export const FIXED_KEDA_INPUTS: readonly FixedInput[] = [
  {
    input: "namespace",
    key: "kedaNamespace",
    because: "Helm cannot move a release, and a cluster holds one KEDA only",
  },
];

/**
 * KEDA by Helm, which scales services on what Prometheus knows of them. A cluster can hold one: it serves
 * the API `external.metrics.k8s.io`.
 *
 * ```ts
 * const keda = new Keda("keda", { namespace: "keda", platform, watchedBy: monitoring }, { providers: platform.providers });
 * ```
 */
export class Keda extends pulumi.ComponentResource implements Autoscaler {
  /** Namespace of its operator, when that runs. */
  readonly namespace: pulumi.Output<string>;
  /** What ScaledObjects are made after, and gone before. */
  readonly installation: pulumi.Resource;

  constructor(name: string, args: KedaArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, watchedBy } = args;
    super(
      TYPE,
      name,
      { namespace: args.namespace },
      keepInputs(TYPE, name, FIXED_KEDA_INPUTS, opts),
    );
    const child = { parent: this };
    const namespace = createNamespace(name, args.namespace, "restricted", child);
    const policies = platform.network
      ? createKedaPolicies(name, namespace, platform.network, watchedBy.namespace, child)
      : [];
    const release = createRelease(name, args, namespace, {
      ...child,
      dependsOn: [...(platform.nodes ?? []), ...policies],
    });
    this.installation = release;
    this.namespace = release.status.namespace;
    this.registerOutputs({ namespace: this.namespace });
  }
}

function createRelease(
  name: string,
  { chart, replicas = 1, watchedBy, priorityClassName }: KedaArgs,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release {
  const { repository, version } = versions.keda;
  const from =
    chart === undefined
      ? { chart: "keda", version, repositoryOpts: { repo: repository } }
      : { chart, ...versionOf(chart, version) };
  const { releaseName } = watchedBy;
  return new k8s.helm.v3.Release(
    name,
    {
      name: RELEASE,
      namespace: namespace.metadata.name,
      ...from,
      values: kedaValues<pulumi.Input<string>>({ replicas, releaseName, priorityClassName }),
      ...TAKEN_BACK,
      timeout: HELM_TIMEOUT_SECONDS,
    },
    opts,
  );
}
