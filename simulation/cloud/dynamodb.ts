import { textAt } from "../resource";
import type { Behaviour } from "./behaviour";
import { keepsName } from "./names";
import { prices, traffic } from "./prices";

export const dynamodb: Readonly<Record<string, Behaviour>> = {
  "aws:dynamodb/table:Table": {
    duration: "dynamoTable",
    id: ({ inputs }) => textAt(inputs, "name"),
    outputs: ({ inputs, account }) => ({
      arn: `arn:aws:dynamodb:${account.region}:${account.accountId}:table/${textAt(inputs, "name")}`,
    }),
    charges: ({ account }) => {
      const { dynamoWrites, dynamoReads } = prices(account.region);
      const { dynamoMillionWrites, dynamoMillionReads } = traffic;
      const monthlyUsd = dynamoWrites * dynamoMillionWrites + dynamoReads * dynamoMillionReads;
      return [{ item: "DynamoDB requests", monthlyUsd }];
    },
    identity: ["name"],
    replacedBy: ["name", "hashKey", "rangeKey"],
    deleteBeforeReplace: keepsName,
    deletionProtection: "deletionProtectionEnabled",
  },
};
