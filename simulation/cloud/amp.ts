import type {
  Behaviour,
  CloudResource,
  ControllerContext,
  ControllerObject,
  CreateCall,
} from "./behaviour";
import { sampleCharges } from "./prices";
import { byInput } from "./references";
import { writtenSamples } from "./series";

const WORKSPACE = "aws:amp/workspace:Workspace";

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
    holds: "every series that was written to it",
    controllers: samplesIn,
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

/** Of one replica of Prometheus: what others write at the same time is dropped, and costs nothing. */
function samplesIn(
  _workspace: CloudResource,
  context: ControllerContext,
): readonly ControllerObject[] {
  const samples = writtenSamples(context)?.written.samples ?? 0;
  return [
    {
      kind: "Samples",
      name: `${Math.round(samples / 1e6)} million a month`,
      charges: sampleCharges(context.account.region, samples),
      // They are the workspace's, and go with it.
      whyKept: () => undefined,
    },
  ];
}
