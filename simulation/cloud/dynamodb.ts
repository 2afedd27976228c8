import { textAt } from "../resource";
import type { Behaviour } from "./behaviour";
import { keepsName } from "./names";
import { monthly, prices, traffic } from "./prices";

export const dynamodb: Readonly<Record<string, Behaviour>> = {
  "aws:dynamodb/table:Table": {
    duration: "dynamoTable",
    id: ({ inputs }) => textAt(inputs, "name"),
    outputs: ({ inputs, account }) => ({
      arn: `arn:aws:dynamodb:${account.region}:${account.accountId}:table/${textAt(inputs, "name")}`,
    }),
    charges: ({ account }) => {
      const { dynamoWrites, dynamoReads } = prices(account.region);
      return [
        monthly("DynamoDB writes", dynamoWrites, traffic.dynamoMillionWrites),
        monthly("DynamoDB reads", dynamoReads, traffic.dynamoMillionReads),
      ];
    },
    identity: ["name"],
    replacedBy: ["name", "hashKey", "rangeKey"],
    deleteBeforeReplace: keepsName,
    holds: "every row of the table",
    deletionProtection: "deletionProtectionEnabled",
  },
};
