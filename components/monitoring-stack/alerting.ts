import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretKey } from "../../observability/alertmanager/receiver";
import { type AlertRoutingArgs, createAlertTopics } from "../cluster/alert-topics";
import {
  type AlertmanagerConfig,
  alertmanagerConfig,
  receiverFolder,
} from "../../observability/alertmanager/alertmanager-config";

/** Who is told of alerts. */
export interface AlertingArgs extends AlertRoutingArgs {
  /** Account-wide, `<project>-<stack>`: of the topics and of Alertmanager's role. */
  readonly prefix: string;
  readonly clusterName: string;
  /** A secret for each of `receiverSecretKeys`. @default none, where no receiver needs one */
  readonly secrets?: pulumi.Output<Record<string, string>>;
}

/** The chart's name for Alertmanager's ServiceAccount. */
const ALERTMANAGER = "kube-prometheus-stack-alertmanager";
const RECEIVER_SECRETS = "alertmanager-receivers";

/** What the chart has to be told, and what it waits for. */
export interface Alerting {
  readonly config: pulumi.Output<AlertmanagerConfig>;
  readonly secretNames: readonly string[];
  readonly dependsOn: pulumi.Resource[];
}

/** Topics, Alertmanager's right to publish, and the Secret whose files its configuration names. */
export function createAlerting(
  name: string,
  args: AlertingArgs,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): Alerting {
  const { name: inNamespace } = namespace.metadata;
  const account = { namespace: inNamespace, name: ALERTMANAGER };
  const { routing, dependsOn } = createAlertTopics(name, args, { ...args, account }, opts);
  const config = routing.apply((known) =>
    alertmanagerConfig(known, receiverFolder(RECEIVER_SECRETS)),
  );
  checkSecrets(args);
  if (!args.secrets) return { config, secretNames: [], dependsOn };
  const secret = new k8s.core.v1.Secret(
    `${name}-receivers`,
    {
      metadata: { name: RECEIVER_SECRETS, namespace: inNamespace },
      stringData: pulumi.secret(args.secrets),
    },
    opts,
  );
  return { config, secretNames: [RECEIVER_SECRETS], dependsOn: [...dependsOn, secret] };
}

/** A configuration that names a file which nobody mounts is refused by Alertmanager, long after `up`. */
function checkSecrets({ receivers = [], deadMansSwitch, secrets }: AlertingArgs): void {
  const all = [...receivers, ...(deadMansSwitch ? [deadMansSwitch] : [])];
  const reads = all.find((receiver) => receiver.kind !== "sns" && secretKey(receiver));
  if (!reads || secrets) return;
  throw new Error(
    `alerting.secrets: got none, allowed are the secrets that receivers read. Give one for "${reads.name}".`,
  );
}
