import { textAt } from "../resource";
import type { Behaviour, CreateCall } from "./behaviour";
import { keepsName } from "./names";
import { byInput } from "./references";

export const TOPIC = "aws:sns/topic:Topic";
export const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";

export const sns: Readonly<Record<string, Behaviour>> = {
  [TOPIC]: {
    duration: "awsCall",
    id: topicArn,
    outputs: (call) => ({ arn: topicArn(call), owner: call.account.accountId }),
    identity: ["name"],
    replacedBy: ["name"],
    deleteBeforeReplace: keepsName,
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    duration: "awsCall",
    replacedBy: ["topic", "protocol", "endpoint"],
    holds: "its confirmation, so that an e-mail address is asked anew",
    references: [byInput("topic", TOPIC)],
  },
  // A topic always has a policy: the first is put over AWS' own, and goes with the topic.
  [TOPIC_POLICY]: {
    duration: "awsCall",
    id: ({ inputs }) => textAt(inputs, "arn"),
    createPutsInPlace: true,
    replacedBy: ["arn"],
    references: [byInput("arn", TOPIC, "takes along")],
  },
};

function topicArn({ inputs, account }: CreateCall): string {
  return `arn:aws:sns:${account.region}:${account.accountId}:${textAt(inputs, "name")}`;
}
