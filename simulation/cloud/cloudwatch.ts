import { at, textAt } from "../resource";
import type { Behaviour, CloudResource, ControllerObject, DestroyRecord } from "./behaviour";
import { durations } from "./durations";
import { keepsName } from "./names";
import { monthly, prices, traffic } from "./prices";

export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

export const cloudwatch: Readonly<Record<string, Behaviour>> = {
  [LOG_GROUP]: {
    duration: "awsCall",
    holds: "the logs in it",
    id: ({ inputs }) => textAt(inputs, "name"),
    outputs: ({ inputs, account }) => ({
      arn: `arn:aws:logs:${account.region}:${account.accountId}:log-group:${textAt(inputs, "name")}`,
    }),
    charges: ({ account }) => [
      monthly("Control plane logs", prices(account.region).logGB, traffic.logGB),
    ],
    identity: ["name"],
    replacedBy: ["name"],
    deleteBeforeReplace: keepsName,
  },
};

/** Name of the group that an EKS cluster writes its logs to; undefined where it writes none. */
export function logGroupOf({ inputs }: Pick<CloudResource, "inputs">): string | undefined {
  const logs = at(inputs, "enabledClusterLogTypes");
  const writes = Array.isArray(logs) && logs.length > 0;
  return writes ? `/aws/eks/${String(at(inputs, "name"))}/cluster` : undefined;
}

/** Where EKS makes the group itself: there was none, or it was gone when the last logs came. */
export function lateLogs(
  cluster: CloudResource,
  all: readonly CloudResource[],
): readonly ControllerObject[] {
  const name = logGroupOf(cluster);
  if (name === undefined) return [];
  const own = all.find(({ type, inputs }) => type === LOG_GROUP && inputs.name === name);
  const whyKept = (destroy: DestroyRecord): string | undefined => {
    if (!own) return "EKS makes the log group itself and never deletes it";
    const [end, gone] = [destroy.deletion(cluster)?.end, destroy.deletion(own)?.start];
    if (end === undefined || gone === undefined) return undefined;
    return gone < end + durations.logDelivery.delete
      ? "it was deleted before the cluster's last logs came, for which EKS made it anew"
      : undefined;
  };
  return [{ kind: "LogGroup", name, charges: [], whyKept }];
}
