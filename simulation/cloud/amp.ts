import type { Behaviour, CreateCall } from "./behaviour";
import { byInput } from "./references";

/** Its samples are billed by how many series the whole stack has: simulation/samples.ts. */
export const WORKSPACE = "aws:amp/workspace:Workspace";

export const amp: Readonly<Record<string, Behaviour>> = {
  [WORKSPACE]: {
    duration: "awsCall",
    // Aliases may be the same: only the id is the workspace's own.
    id: workspaceId,
    outputs: (call) => {
      const { region, accountId } = call.account;
      const id = workspaceId(call);
      return {
        arn: `arn:aws:aps:${region}:${accountId}:workspace/${id}`,
        prometheusEndpoint: `https://aps-workspaces.${region}.amazonaws.com/workspaces/${id}/`,
        region,
      };
    },
    replacedBy: ["kmsKeyArn"],
  },
  // A workspace always has one: the first is put over AWS' own, and goes with the workspace.
  "aws:amp/workspaceConfiguration:WorkspaceConfiguration": {
    duration: "awsCall",
    createPutsInPlace: true,
    replacedBy: ["workspaceId"],
    references: [byInput("workspaceId", WORKSPACE, "takes along")],
  },
};

function workspaceId({ hash }: CreateCall): string {
  const parts = [8, 12, 16, 20, 32].map((end, index) => hash.slice([0, 8, 12, 16, 20][index], end));
  return `ws-${parts.join("-")}`;
}
