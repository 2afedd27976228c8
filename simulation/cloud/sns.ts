import { textAt } from "../resource";
import type { Behaviour, CreateCall } from "./behaviour";
import { keepsName } from "./names";
import { byInput } from "./references";

const TOPIC = "aws:sns/topic:Topic";

export const sns: Readonly<Record<string, Behaviour>> = {
  [TOPIC]: {
    duration: "awsCall",
    id: topicArn,
    outputs: (call) => ({ arn: topicArn(call) }),
    identity: ["name"],
    replacedBy: ["name"],
    deleteBeforeReplace: keepsName,
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    duration: "awsCall",
    replacedBy: ["topic", "protocol", "endpoint"],
    references: [byInput("topic", TOPIC)],
  },
};

function topicArn({ inputs, account }: CreateCall): string {
  return `arn:aws:sns:${account.region}:${account.accountId}:${textAt(inputs, "name")}`;
}
