import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  type AlertmanagerConfig,
  alertmanagerConfig,
  receiverFolder,
} from "../../observability/alertmanager/alertmanager-config";
import {
  type AlertRouting,
  type Receiver,
  secretKey,
  type SnsReceiver,
} from "../../observability/alertmanager/receiver";
import type { AlertTopicArgs, CreatedTopics, Platform, ServiceAccountName } from "../platform";

/** Who is told of alerts. */
export interface AlertingArgs extends Omit<AlertRouting, "receivers"> {
  /** Each takes the alerts of its severities. @default nobody: every alert ends in the receiver "null" */
  readonly receivers?: readonly ReceiverArgs[];
  /** A secret for each of `receiverSecretKeys`. @default none, where no receiver needs one */
  readonly secrets?: pulumi.Output<Record<string, string>>;
}

/** A receiver whose topic, if it is of kind sns, need not exist yet. */
export type ReceiverArgs = Exclude<Receiver, SnsReceiver> | SnsTopicReceiver;

export interface SnsTopicReceiver extends Omit<SnsReceiver, "topicArn"> {
  /** ARN of a topic that is there. @default a topic of its own */
  readonly topicArn?: string;
  /** Address that the topic made here writes to, once its owner has confirmed. @default nobody */
  readonly email?: string;
}

/** What the chart has to be told, and what it waits for. */
export interface Alerting {
  readonly config: pulumi.Output<AlertmanagerConfig>;
  readonly secretNames: readonly string[];
  readonly dependsOn: readonly pulumi.Resource[];
}

/** The chart's name for Alertmanager's ServiceAccount. */
const ALERTMANAGER = "kube-prometheus-stack-alertmanager";
/** The Secret with the receivers' secrets, which Alertmanager mounts. */
const RECEIVER_SECRETS = "alertmanager-receivers";

/**
 * Topics, Alertmanager's permission to publish, and the Secret whose files its configuration names.
 * @throws Error where a receiver needs a topic or a secret that cannot be had
 */
export function createAlerting(
  name: string,
  args: AlertingArgs,
  platform: Platform,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): Alerting {
  const { name: inNamespace } = namespace.metadata;
  checkSecrets(args);
  const account = { namespace: inNamespace, name: ALERTMANAGER };
  const { ids, dependsOn } = createTopics(name, args, platform, account, opts);
  const config = ids.apply((known) =>
    alertmanagerConfig(withTopics(args, known), receiverFolder(RECEIVER_SECRETS)),
  );
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

/**
 * No alert says that Prometheus or Alertmanager has stopped: it would be theirs to send. Said in the
 * preview, with which `up` begins, so that it is said once.
 */
export function warnOfSilence({ receivers = [], deadMansSwitch }: AlertingArgs): void {
  if (receivers.length === 0 || deadMansSwitch || !pulumi.runtime.isDryRun()) return;
  void pulumi.log.warn(
    "alerting.deadMansSwitch must be given in a stack that is protected: nothing else says that Prometheus or Alertmanager has stopped; got nothing. " +
      "Fix: pulumi config set --secret --path receiverSecrets.dead-mans-switch-url '<value>' (docs/configuration.md)",
  );
}

function createTopics(
  name: string,
  args: AlertingArgs,
  { alertTopics }: Platform,
  account: ServiceAccountName,
  opts: pulumi.CustomResourceOptions,
): CreatedTopics {
  const topics = snsReceivers(args);
  const [first] = topics;
  if (!first) return { ids: pulumi.output([]), dependsOn: [] };
  if (alertTopics) return alertTopics.createTopics(name, topics.map(topicOf), account, opts);
  throw new Error(
    `alerting.receivers: "${first.name}" must be of another kind than sns; got a platform without topics. Fix: use slack, pagerduty, email or webhook.`,
  );
}

const topicOf = ({ name, topicArn, email }: SnsTopicReceiver): AlertTopicArgs => ({
  name,
  ...(topicArn !== undefined && { existing: topicArn }),
  ...(email !== undefined && { email }),
});

/** The routing with every topic's ARN; these come in the order of their receivers. */
function withTopics(args: AlertingArgs, arns: readonly string[]): AlertRouting {
  const { receivers = [], deadMansSwitch } = args;
  const arnOf = new Map(snsReceivers(args).map(({ name }, index) => [name, arns[index]]));
  return {
    receivers: receivers.map((receiver) =>
      receiver.kind === "sns" ? withTopic(receiver, arnOf.get(receiver.name)) : receiver,
    ),
    ...(deadMansSwitch && { deadMansSwitch }),
  };
}

function withTopic(receiver: SnsTopicReceiver, topicArn: string | undefined): SnsReceiver {
  const { kind, name, region, severities } = receiver;
  if (topicArn === undefined) throw new Error(`the platform gave no topic for receiver ${name}`);
  return { kind, name, region, topicArn, ...(severities && { severities }) };
}

const snsReceivers = ({ receivers = [] }: AlertingArgs): SnsTopicReceiver[] =>
  receivers.filter((receiver) => receiver.kind === "sns");

/** The dead man's switch among them. */
export const everyReceiver = ({
  receivers = [],
  deadMansSwitch,
}: AlertingArgs): readonly (ReceiverArgs | Receiver)[] => [
  ...receivers,
  ...(deadMansSwitch ? [deadMansSwitch] : []),
];

/** Alertmanager refuses a configuration that names a file which nobody mounts, long after `up`. */
function checkSecrets(args: AlertingArgs): void {
  const keys = everyReceiver(args).flatMap((each) =>
    each.kind === "sns" ? [] : (secretKey(each) ?? []),
  );
  const [key] = keys;
  if (key === undefined || args.secrets) return;
  throw new Error(
    `alerting.secrets must hold ${keys.join(", ")}; got nothing. Fix: pulumi config set --secret --path receiverSecrets.${key} <value>`,
  );
}
