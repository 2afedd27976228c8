import * as command from "./commands";
import { type Problems, shown } from "./problems";
import type { Rule } from "./rules";

/** AWS takes 50 on a resource; the stack, EKS and its controllers need the rest. */
const MOST_TAGS = 20;
/** Of AWS, of EKS, and of the controllers that know their nodes, volumes and load balancers by them. */
const RESERVED =
  /^(aws|eks):|^([a-z0-9-]+\.)*(kubernetes\.io|k8s\.io|k8s\.aws|karpenter\.sh|csi\.aws\.com|amazonaws\.com)\//i;

/** What is on everything in AWS that Pulumi makes for a stack: the budget counts by it (docs/cost.md). */
export const stackTags = (project: string, stack: string): Readonly<Record<string, string>> => ({
  project,
  stack,
  "managed-by": "pulumi",
});

/** AWS' characters without =, at which the driver of volumes divides key and value. */
export const tagName: Rule = {
  must: "1 to 128 letters, digits, spaces and . : / + - @ _, and none that AWS, EKS or Kubernetes keep for themselves (aws:, eks:, kubernetes.io/, karpenter.sh/ and the like)",
  test: (value) =>
    /^[\w.:/+@-]([\w .:/+@-]{0,126}[\w.:/+@-])?$/.test(value) && !RESERVED.test(value),
  example: "cost-center",
};
export const tagValue: Rule = {
  must: "1 to 256 letters, digits, spaces and . : / = + - @ _",
  test: (value) => /^[\w.:/=+@-]([\w .:/=+@-]{0,254}[\w.:/=+@-])?$/.test(value),
  example: "platform",
};

/** Names that differ in capitals only are one to IAM, whose roles have all of them. */
export function checkTags(tags: Readonly<Record<string, string>>, problems: Problems): void {
  const taken = new Map(["Name", ...Object.keys(stackTags("", ""))].map((key) => [key, OWN]));
  const lower = (name: string) => name.toLowerCase();
  for (const name of Object.keys(tags)) {
    const path = command.fieldPath("tags", name);
    const other = [...taken].find(([key]) => lower(key) === lower(name));
    if (other) {
      const must = `absent: ${other[0]} is ${other[1]}, and to IAM capitals make no other tag`;
      problems.add(path, must, shown(tags[name]), command.removePath(path));
    }
    taken.set(name, "there already");
  }
  const tooMany = Object.keys(tags).slice(MOST_TAGS);
  if (tooMany.length === 0) return;
  const must = `${MOST_TAGS} tags at most: AWS takes 50 on a resource, and EKS and its controllers put theirs there too`;
  const fix = command.all(
    tooMany.map((name) => command.removePath(command.fieldPath("tags", name))),
  );
  problems.add("tags", must, String(Object.keys(tags).length), fix);
}

const OWN = "the stack's own";
