import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY } from "../container-security";
import type { ScrapeTarget } from "./scrape-target";
import type { Telemetry } from "./telemetry";

/** Pods of one image behind one Service. */
export interface WorkloadArgs {
  /** What a pod asks for and may use. @default 250m, 128Mi, a limit of 256Mi for memory and none for CPU */
  readonly resources?: Resources;
  /** Environment of the container; a secret Output stays one. @default none */
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Kubernetes quantities. */
export interface Resources {
  /** CPU that a pod asks for, such as "250m". */
  readonly cpu: string;
  /** Memory that a pod asks for, such as "128Mi". */
  readonly memory: string;
  /** Memory at which a pod is killed. */
  readonly memoryLimit: string;
  /** CPU at which a pod is throttled. @default none: throttling one event loop shows as latency long before it saves anything */
  readonly cpuLimit?: string;
}

/** What the pods run. */
interface WorkloadImage {
  readonly reference: pulumi.Input<string>;
  /** Labels of the nodes that it runs on; undefined where nobody can say. */
  readonly nodeSelector: Readonly<Record<string, string>> | undefined;
}

export const DEFAULT_RESOURCES: Resources = { cpu: "250m", memory: "128Mi", memoryLimit: "256Mi" };
/** Seconds from the pod's removal from the endpoints to SIGTERM, in which kube-proxy and load balancers follow. */
const PRE_STOP_SECONDS = 10;
/** Seconds from the pod's deletion to SIGKILL: preStop, the service's own drain (at most 20 s) and a margin. */
const GRACE_SECONDS = 35;

/** The pods, under Pod Security "restricted". */
export function createDeployment(
  target: ScrapeTarget,
  args: WorkloadArgs,
  telemetry: Telemetry,
  image: WorkloadImage,
  account: k8s.core.v1.ServiceAccount,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
  return new k8s.apps.v1.Deployment(
    target.name,
    {
      metadata: target.metadata(),
      // No replicas: the autoscaler sets them, and a number here would reset it at every `up`.
      spec: {
        selector: { matchLabels: target.selector },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels: target.labels },
          spec: {
            serviceAccountName: account.metadata.name,
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: GRACE_SECONDS,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            ...(image.nodeSelector && { nodeSelector: image.nodeSelector }),
            topologySpreadConstraints: [
              spreadOver("topology.kubernetes.io/zone", target),
              spreadOver("kubernetes.io/hostname", target),
            ],
            containers: [
              container(target, args, telemetry, image.reference),
              ...telemetry.containers,
            ],
          },
        },
      },
    },
    opts,
  );
}

function container(
  target: ScrapeTarget,
  args: WorkloadArgs,
  telemetry: Telemetry,
  image: pulumi.Input<string>,
): k8s.types.input.core.v1.Container {
  const { cpu, memory, memoryLimit, cpuLimit } = args.resources ?? DEFAULT_RESOURCES;
  // Longer than the service's own readiness check may take, so that its 503 and reason are seen.
  const probe = (path: string) => ({
    httpGet: { path: `/health/${path}`, port: target.portName },
    timeoutSeconds: 3,
  });
  return {
    name: target.name,
    image,
    ports: [{ name: target.portName, containerPort: target.port }],
    env: [
      ...telemetry.environment,
      ...Object.entries(args.environment ?? {}).map(([name, value]) => ({ name, value })),
    ],
    resources: {
      requests: { cpu, memory },
      limits: { memory: memoryLimit, ...(cpuLimit && { cpu: cpuLimit }) },
    },
    securityContext: CONTAINER_SECURITY,
    startupProbe: { ...probe("startup"), periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: { ...probe("liveness"), periodSeconds: 10, failureThreshold: 3 },
    readinessProbe: { ...probe("readiness"), periodSeconds: 5, failureThreshold: 2 },
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
  };
}

const spreadOver = (topologyKey: string, target: ScrapeTarget) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: target.selector },
});

/** One pod at a time may be taken away. */
export function createDisruptionBudget(
  target: ScrapeTarget,
  opts: pulumi.CustomResourceOptions,
): void {
  new k8s.policy.v1.PodDisruptionBudget(
    target.name,
    {
      metadata: target.metadata(),
      spec: { maxUnavailable: 1, selector: { matchLabels: target.selector } },
    },
    opts,
  );
}

/** The stable address inside the cluster: port 80, and that of an exporter. */
export function createService(
  target: ScrapeTarget,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Service {
  const { metricsPort } = target;
  return new k8s.core.v1.Service(
    target.name,
    {
      metadata: target.metadata(),
      spec: {
        selector: target.selector,
        ports: [
          { name: target.portName, port: 80, targetPort: target.portName },
          ...(metricsPort.name === target.portName
            ? []
            : [
                {
                  name: metricsPort.name,
                  port: metricsPort.number,
                  targetPort: metricsPort.name,
                },
              ]),
        ],
      },
    },
    opts,
  );
}
