import * as pulumi from "@pulumi/pulumi";
import type { AlertTopicArgs, CreatedTopics, ServiceAccountName } from "../platform";
import { createPodIdentity } from "./pod-identity";
import { createTopic } from "./topic";

export interface AlertTopicsArgs {
  /** `<project>-<stack>`: topics are `<prefix>-<topic>`, the publisher's role `<prefix>-alertmanager`. */
  readonly prefix: string;
  readonly clusterName: string;
  /** Alertmanager's ServiceAccount. */
  readonly publisher: ServiceAccountName;
}

/** Makes the SNS topics that are not given, and lets the publisher publish to exactly these and the given ones. */
export function createAlertTopics(
  name: string,
  topics: readonly AlertTopicArgs[],
  args: AlertTopicsArgs,
  opts: pulumi.CustomResourceOptions,
): CreatedTopics {
  const arns = pulumi.all(
    topics.map(({ name: topic, existing, email }) => {
      const topicName = `${args.prefix}-${topic}`;
      return existing ?? createTopic(`${name}-${topic}`, { topicName, email }, opts).arn;
    }),
  );
  const policy = pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sns:Publish", Resource: arns }],
  });
  const identity = createPodIdentity(
    `${name}-alertmanager`,
    { clusterName: args.clusterName, roleName: `${args.prefix}-alertmanager`, policy },
    args.publisher,
    opts,
  );
  return { ids: arns, dependsOn: [identity] };
}
