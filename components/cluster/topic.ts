import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Names of a topic, and who hears of it. */
export interface TopicArgs {
  /** Unique in the account and region. */
  readonly topicName: string;
  /** Address that it writes to, once its owner has confirmed. @default nobody */
  readonly email: string | undefined;
}

/** A topic of SNS, subscribed to by mail. */
export function createTopic(
  name: string,
  { topicName, email }: TopicArgs,
  opts: pulumi.CustomResourceOptions,
): aws.sns.Topic {
  const topic = new aws.sns.Topic(name, { name: topicName }, opts);
  if (email !== undefined) {
    new aws.sns.TopicSubscription(
      name,
      { topic: topic.arn, protocol: "email", endpoint: email },
      opts,
    );
  }
  return topic;
}
