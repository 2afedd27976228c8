import { at } from "../resource";
import type { Behaviour, CreateCall } from "./behaviour";
import { keepsName } from "./names";
import { byInput } from "./references";

const ROLE = "aws:iam/role:Role";

export const iam: Readonly<Record<string, Behaviour>> = {
  [ROLE]: {
    duration: "awsCall",
    id: roleName,
    outputs: (call) => ({
      name: roleName(call),
      arn: `arn:aws:iam::${call.account.accountId}:role/${roleName(call)}`,
    }),
    identity: ["name"],
    replacedBy: ["name"],
    deleteBeforeReplace: keepsName,
  },
  "aws:iam/rolePolicy:RolePolicy": {
    duration: "awsCall",
    createPutsInPlace: true,
    replacedBy: ["role", "name"],
    references: [byInput("role", ROLE, "refused")],
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    duration: "awsCall",
    createPutsInPlace: true,
    replacedBy: ["role", "policyArn"],
    references: [byInput("role", ROLE, "refused")],
  },
};

function roleName({ inputs, name, hash }: CreateCall): string {
  const given = at(inputs, "name");
  return typeof given === "string" ? given : `${name}-${hash.slice(0, 7)}`;
}
