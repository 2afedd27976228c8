import { setTimeout as delay } from "node:timers/promises";
import type { Kubernetes, KubernetesObject } from "../kubernetes";

interface ScaledObject extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: object;
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly name: string } };
  };
}

interface Operator extends KubernetesObject {
  readonly status?: { readonly readyReplicas?: number };
}

const KEDA = "keda.sh/v1alpha1";
const FINALIZER = "finalizer.keda.sh";
const PAUSE_MILLISECONDS = 250;

/**
 * What KEDA does with ScaledObjects, as far as an order depends on it, while its operator has a ready pod:
 * a finalizer, which it takes off at the end, and an autoscaler of its own. Nothing is scaled.
 */
export class PlayedKeda {
  private readonly stopped = new AbortController();
  private readonly ended: Promise<void>;

  constructor(private readonly kubernetes: Kubernetes) {
    this.ended = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.ended;
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        if (await this.isRunning()) await this.reconcile();
      } catch {
        // The API server is away, or another has written: the next look is at the newer object.
      }
      await delay(PAUSE_MILLISECONDS);
    }
  }

  private async isRunning(): Promise<boolean> {
    const all = await this.kubernetes.list<Operator>("apps/v1", "Deployment");
    return all.some(
      ({ metadata, status }) =>
        metadata.name === "keda-operator" && (status?.readyReplicas ?? 0) > 0,
    );
  }

  private async reconcile(): Promise<void> {
    for (const scaled of await this.kubernetes.list<ScaledObject>(KEDA, "ScaledObject")) {
      const { finalizers = [], deletionTimestamp, resourceVersion } = scaled.metadata;
      const others = finalizers.filter((finalizer) => finalizer !== FINALIZER);
      const isEnding = deletionTimestamp !== undefined;
      if (isEnding === finalizers.includes(FINALIZER)) {
        const wanted = isEnding ? others : [...others, FINALIZER];
        await this.kubernetes.patch(scaled, { metadata: { finalizers: wanted, resourceVersion } });
      }
      if (!isEnding) await this.kubernetes.apply(autoscalerOf(scaled));
    }
  }
}

/** It goes with its owner. */
const autoscalerOf = ({ apiVersion, kind, metadata, spec }: ScaledObject) => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: {
    name: spec.advanced.horizontalPodAutoscalerConfig.name,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    ownerReferences: [
      {
        apiVersion,
        kind,
        name: metadata.name,
        uid: metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  spec: {
    scaleTargetRef: spec.scaleTargetRef,
    minReplicas: spec.minReplicaCount,
    maxReplicas: spec.maxReplicaCount,
    metrics: [
      {
        type: "External",
        external: {
          metric: { name: "s0-prometheus" },
          target: { type: "AverageValue", averageValue: "1" },
        },
      },
    ],
  },
});
