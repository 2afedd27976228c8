import { at, isProperties, reveal, textAt } from "../resource";
import type { Behaviour, CloudResource } from "./behaviour";
import { keepsName } from "./names";
import { monthly, prices } from "./prices";
import { TOPIC, TOPIC_POLICY } from "./sns";

export const budgets: Readonly<Record<string, Behaviour>> = {
  "aws:budgets/budget:Budget": {
    duration: "awsCall",
    id: ({ inputs, account }) => `${account.accountId}:${textAt(inputs, "name")}`,
    outputs: ({ inputs, account }) => ({
      arn: `arn:aws:budgets::${account.accountId}:budget/${textAt(inputs, "name")}`,
    }),
    charges: ({ account }) => [monthly("Budgets", prices(account.region).budget, 1)],
    identity: ["name"],
    replacedBy: ["name"],
    deleteBeforeReplace: keepsName,
    references: [
      {
        to: TOPIC,
        because: "it tells it",
        matches: (budget, topic) => toldBy(budget).includes(topic.outputs.arn),
      },
    ],
    // AWS tries whether it may publish as the notification is made.
    needs: (budget, all) =>
      all.some(({ type, outputs }) => type === TOPIC && toldBy(budget).includes(outputs.arn))
        ? [
            {
              what: "a policy by which budgets.amazonaws.com may publish to its topic",
              from: all.filter(
                (other) => other.type === TOPIC_POLICY && admitsBudgets(other, budget),
              ),
            },
          ]
        : [],
  },
};

/** ARNs of the topics that a budget's notifications go to. */
function toldBy({ inputs }: CloudResource): unknown[] {
  const notifications = at(reveal(inputs), "notifications");
  return (Array.isArray(notifications) ? notifications : []).flatMap((notification: unknown) =>
    isProperties(notification) ? (notification.subscriberSnsTopicArns ?? []) : [],
  );
}

const admitsBudgets = ({ inputs }: CloudResource, budget: CloudResource): boolean =>
  toldBy(budget).includes(inputs.arn) && String(inputs.policy).includes('"budgets.amazonaws.com"');
