import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY } from "../container-security";
import { CREDENTIALS } from "../monitoring-stack/grafana-values";
import { STACK_CHECK } from "../monitoring-stack/network-policies";

interface JobArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly serviceAccount: pulumi.Input<string>;
  /** ConfigMap with the script. */
  readonly script: pulumi.Input<string>;
  /** Secret with the credentials of Grafana's admin. */
  readonly grafanaSecret: string;
  /** Of all that the check depends on: another one is another Job. */
  readonly checksum: pulumi.Input<string>;
}

/**
 * Seconds from the script's start that what it looks for may take: Prometheus has a new service in its
 * configuration after up to 90 s, when the kubelet has synchronized the Secret, and its scrape interval is 120 s at most.
 */
export const PATIENCE_SECONDS = 300;
/** With a node to start and an image to pull before the script. */
const ACTIVE_DEADLINE_SECONDS = PATIENCE_SECONDS + 240;
/** Pulumi waits longer: with its own timeout it would not know why. */
const TIMEOUT_SECONDS = ACTIVE_DEADLINE_SECONDS + 60;

/** Of distroless and of every image: nobody in particular. */
const NOBODY = 65532;
const SCRIPT_FOLDER = "/check";
export const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
export const TERMINATION_LOG = "/dev/termination-log";

/** Network policies select the pod by it. */
const LABELS = {
  "app.kubernetes.io/name": STACK_CHECK,
  "app.kubernetes.io/managed-by": "pulumi",
};

/**
 * One try, under Pod Security "restricted". Without a time to live after its end: a Job that vanished would be
 * made again by the next `up` with `--refresh`.
 */
export function createJob(
  name: string,
  args: JobArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.Job {
  return new k8s.batch.v1.Job(
    name,
    {
      metadata: {
        name,
        namespace: args.namespace,
        labels: LABELS,
        // A failed Job stays failed: the next `up` makes a new one, also where nothing has changed.
        annotations: { "pulumi.com/replaceUnready": "true" },
      },
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: ACTIVE_DEADLINE_SECONDS,
        template: {
          metadata: { labels: LABELS, annotations: { "checksum/checked": args.checksum } },
          spec: {
            restartPolicy: "Never",
            serviceAccountName: args.serviceAccount,
            automountServiceAccountToken: true,
            terminationGracePeriodSeconds: 5,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: NOBODY,
              runAsGroup: NOBODY,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [container(args)],
            volumes: [{ name: "script", configMap: { name: args.script } }],
          },
        },
      },
    },
    {
      ...opts,
      // Both would have the same name.
      deleteBeforeReplace: true,
      customTimeouts: { create: `${TIMEOUT_SECONDS}s`, update: `${TIMEOUT_SECONDS}s` },
    },
  );
}

const container = ({ image, grafanaSecret }: JobArgs): k8s.types.input.core.v1.Container => ({
  name: "check",
  image,
  // A file that cannot be executed: the official image's entrypoint runs it with node too.
  args: [`${SCRIPT_FOLDER}/check.cjs`],
  env: [
    fromSecret("GRAFANA_USER", grafanaSecret, CREDENTIALS.adminUser),
    fromSecret("GRAFANA_PASSWORD", grafanaSecret, CREDENTIALS.adminPassword),
    // The API server's certificate is the cluster's own.
    { name: "NODE_EXTRA_CA_CERTS", value: `${SERVICE_ACCOUNT}/ca.crt` },
  ],
  resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  securityContext: CONTAINER_SECURITY,
  terminationMessagePath: TERMINATION_LOG,
  // What ends before the script can write tells its reason in the log.
  terminationMessagePolicy: "FallbackToLogsOnError",
  volumeMounts: [{ name: "script", mountPath: SCRIPT_FOLDER, readOnly: true }],
});

const fromSecret = (name: string, secret: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});
