import { VALUE, quoted } from "../../config/commands";
import type { FixedInput } from "../fixed-inputs";

/** What a cluster keeps as it was made for the life of its stack, and the versions that it can go to. */
export const FIXED_CLUSTER_INPUTS: readonly FixedInput[] = [
  {
    input: "prefix",
    key: "project and stack",
    must: (made) => `named so that <project>-<stack> is ${String(made)}`,
    because: "names in AWS begin with it, and a table of another name is empty",
    fix: () => `pulumi stack rename ${quoted(VALUE)}`,
  },
  {
    input: "clusterName",
    key: "clusterName",
    because:
      "EKS cannot rename a cluster, and another one would begin without the data of this one",
  },
  {
    input: "region",
    key: "aws:region",
    because: "nothing can move to another region",
  },
  {
    input: "vpcCidr",
    key: "vpcCidr",
    because: "a VPC cannot change its range, nor a cluster its VPC",
  },
  {
    input: "availabilityZones",
    key: "availabilityZones",
    must: (made) => `${JSON.stringify(made)}, with or without more zones after them`,
    because: "a cluster keeps the zones that it was made in",
    allows: (made, wanted) => listOf(made).every((zone, index) => zone === listOf(wanted)[index]),
  },
  {
    input: "kubernetesVersion",
    key: "kubernetesVersion",
    must: (made) => `${String(made)} or ${nextMinor(made)}`,
    because: "EKS goes up by one minor at a time and never down",
    allows: (made, wanted) => wanted === nextMinor(made),
  },
];

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** @param version such as "1.35" */
function nextMinor(version: unknown): string {
  const [major, minor] = String(version).split(".");
  return `${major ?? ""}.${Number(minor) + 1}`;
}
