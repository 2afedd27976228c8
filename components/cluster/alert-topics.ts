import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlertRouting, SnsReceiver } from "../../observability/alertmanager/receiver";
import { createPodIdentity, type ServiceAccountName } from "./pod-identity";

/** A receiver of kind sns whose topic is given, or made here; everything else is as it is. */
export interface SnsTopicReceiver extends Omit<SnsReceiver, "topicArn"> {
  /** @default a topic of its own */
  readonly topicArn?: string;
  /** Address that the topic made here writes to, once its owner has confirmed. @default nobody */
  readonly email?: string;
}

/** Who is told; an SNS topic need not exist yet. */
export interface AlertRoutingArgs extends Omit<AlertRouting, "receivers"> {
  readonly receivers?: readonly (
    Exclude<NonNullable<AlertRouting["receivers"]>[number], SnsReceiver> | SnsTopicReceiver
  )[];
}

export interface AlertTopicsArgs {
  /** Account-wide: `<project>-<stack>`; topics are `<prefix>-<receiver>`, the role `<prefix>-alertmanager`. */
  readonly prefix: string;
  readonly clusterName: string;
  /** Alertmanager's, which may then publish. */
  readonly account: ServiceAccountName;
}

/** The routing with every topic's ARN, and what Alertmanager's pods have to wait for. */
export interface AlertTopics {
  readonly routing: pulumi.Output<AlertRouting>;
  readonly dependsOn: pulumi.Resource[];
}

/** Makes the topics that are not given, and lets Alertmanager publish to exactly these and the given ones. */
export function createAlertTopics(
  name: string,
  { receivers = [], deadMansSwitch }: AlertRoutingArgs,
  args: AlertTopicsArgs,
  opts: pulumi.CustomResourceOptions,
): AlertTopics {
  const topics = receivers.filter((receiver) => receiver.kind === "sns");
  const arns = pulumi.all(
    topics.map((topic) => topic.topicArn ?? createTopic(name, args.prefix, topic, opts)),
  );
  const routing = arns.apply((known): AlertRouting => ({
    receivers: receivers.map((receiver) =>
      receiver.kind === "sns" ? withTopic(receiver, known[topics.indexOf(receiver)]) : receiver,
    ),
    ...(deadMansSwitch && { deadMansSwitch }),
  }));
  if (topics.length === 0) return { routing, dependsOn: [] };
  const policy = pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sns:Publish", Resource: arns }],
  });
  const identity = createPodIdentity(
    `${name}-alertmanager`,
    { clusterName: args.clusterName, roleName: `${args.prefix}-alertmanager`, policy },
    args.account,
    opts,
  );
  return { routing, dependsOn: [identity] };
}

function createTopic(
  name: string,
  prefix: string,
  receiver: SnsTopicReceiver,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const resourceName = `${name}-${receiver.name}`;
  const topic = new aws.sns.Topic(resourceName, { name: `${prefix}-${receiver.name}` }, opts);
  if (receiver.email !== undefined) {
    new aws.sns.TopicSubscription(
      resourceName,
      { topic: topic.arn, protocol: "email", endpoint: receiver.email },
      opts,
    );
  }
  return topic.arn;
}

function withTopic(receiver: SnsTopicReceiver, topicArn = ""): SnsReceiver {
  const { kind, name, region, severities } = receiver;
  return { kind, name, region, topicArn, ...(severities && { severities }) };
}
