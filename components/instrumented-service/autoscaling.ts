import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Autoscaler } from "../autoscaler";
import type { ScrapeTarget } from "./scrape-target";

/** How many pods there are. */
export interface ScalingArgs {
  /** Fewest and most pods. Never none: what nobody runs answers nobody, and its metrics end. @default 1 to 5 */
  readonly replicas?: { readonly min: number; readonly max: number };
  /** Scale on requests in place of CPU (docs/autoscaling.md). @default CPU, near 70 % of what a pod asks for */
  readonly autoscale?: RequestScaling;
}

/** As many pods as the requests of the last two minutes need. */
export interface RequestScaling {
  /** Requests per second that one pod is to answer: a whole number. */
  readonly requestsPerSecond: number;
  /** The KEDA that does it. */
  readonly keda: Autoscaler;
}

/** What Prometheus is asked, and where. */
interface Question {
  readonly prometheusUrl: pulumi.Input<string>;
  readonly query: pulumi.Input<string>;
}

const DEFAULT_REPLICAS = { min: 1, max: 5 };
/** An autoscaler asks every 15 s: after 5 minutes without an answer the fallback counts. */
const FAILURES_BEFORE_FALLBACK = 20;

/**
 * Either takes the other's place in the state, so that on a change one is gone before the other is made:
 * two autoscalers on one Deployment would pull it to and fro, and KEDA's webhook refuses the second. The pods stay.
 * The provider would take another kind for an update.
 */
const takesPlaceOf = (type: string): pulumi.CustomResourceOptions => ({
  aliases: [{ type }],
  replaceOnChanges: ["kind"],
  deleteBeforeReplace: true,
});
const ON_CPU = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const ON_REQUESTS = "kubernetes:keda.sh/v1alpha1:ScaledObject";

/** @throws Error where the requests per second are no whole number */
export function checkScaling(name: string, { autoscale }: ScalingArgs): void {
  const { requestsPerSecond = 1 } = autoscale ?? {};
  // KEDA's fallback drops what comes after the point.
  if (Number.isInteger(requestsPerSecond) && requestsPerSecond > 0) return;
  throw new Error(
    `${name}: autoscale.requestsPerSecond must be a whole number from 1; got ${requestsPerSecond}. Fix: round it, or leave autoscale out to scale on CPU.`,
  );
}

/** Keeps the CPU of the pods near 70 % of what they ask for. */
export function scaleOnCpu(
  target: ScrapeTarget,
  { replicas: { min, max } = DEFAULT_REPLICAS }: ScalingArgs,
  deployment: k8s.apps.v1.Deployment,
  opts: pulumi.CustomResourceOptions,
): void {
  const { name } = deployment.metadata;
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    target.name,
    {
      metadata: target.metadata(),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: min,
        maxReplicas: max,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
          },
        ],
      },
    },
    { ...opts, ...takesPlaceOf(ON_REQUESTS) },
  );
}

/** KEDA makes a HorizontalPodAutoscaler of it, under the service's name as the other would be. */
export function scaleOnRequests(
  target: ScrapeTarget,
  { requestsPerSecond, keda }: RequestScaling,
  { replicas: { min, max } = DEFAULT_REPLICAS }: ScalingArgs,
  { prometheusUrl, query }: Question,
  deployment: k8s.apps.v1.Deployment,
  opts: pulumi.CustomResourceOptions,
): void {
  const metadata = {
    serverAddress: prometheusUrl,
    query,
    threshold: String(requestsPerSecond),
    // No value is not 0 requests: it means that no pod's metrics arrive.
    ignoreNullValues: "false",
  };
  new k8s.apiextensions.CustomResource(
    target.name,
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: {
        ...target.metadata(),
        // The webhook may still see the autoscaler that was deleted a moment ago.
        annotations: { "scaledobject.keda.sh/transfer-hpa-ownership": "true" },
      },
      spec: {
        scaleTargetRef: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          name: deployment.metadata.name,
        },
        minReplicaCount: min,
        maxReplicaCount: max,
        // While nobody knows the load: what runs stays, and it is half of what may run at least.
        fallback: {
          failureThreshold: FAILURES_BEFORE_FALLBACK,
          replicas: Math.max(min, Math.ceil(max / 2)),
          behavior: "currentReplicasIfHigher",
        },
        advanced: { horizontalPodAutoscalerConfig: { name: target.name } },
        // AverageValue: KEDA divides the sum by the pods.
        triggers: [{ type: "prometheus", metricType: "AverageValue", metadata }],
      },
    },
    {
      ...opts,
      ...takesPlaceOf(ON_CPU),
      dependsOn: keda.installation ? [keda.installation] : [],
    },
  );
}
