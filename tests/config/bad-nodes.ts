import { bad, type BadConfiguration } from "./bad-configuration";

const budget = (
  fields: Readonly<Record<string, unknown>>,
  ...told: string[]
): BadConfiguration => ({
  set: { nodeDisruptionBudgets: [fields] },
  told: ["nodeDisruptionBudgets[0]", ...told],
});
const badSchedule = (schedule: string): BadConfiguration =>
  budget(
    { nodes: "0", schedule, duration: "8h" },
    "schedule must be five fields of cron",
    "nodeDisruptionBudgets[0].schedule' '<value>'",
  );
const badTag = (key: string, value: unknown, ...told: string[]): BadConfiguration => ({
  set: { tags: { [key]: value } },
  told,
});
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Nodes that EKS Auto Mode cannot make or Karpenter's CRD refuses, and tags that AWS does. */
export const NODES: readonly BadConfiguration[] = [
  bad("nodeArchitecture", "x86_64", "amd64 or arm64", "pulumi config set nodeArchitecture amd64"),
  bad("nodeCategories", ["c7g"], "one of c, m, r, i, x", "nodeCategories[0]' c"),
  bad("nodeCategories", ["t", "m"], "without accelerators", "nodeCategories[0]'"),
  bad("nodeCategories", ["p"], "nodeCategories[0]' m"),
  bad("nodeCategories", [], "a list of 1 item or more", "nodeCategories[0]' m"),
  bad("nodeVcpuLimit", 2, "a whole number from 4", "pulumi config set nodeVcpuLimit 4"),
  bad(
    "nodeVcpuLimit",
    5,
    "6 or more: the pods of this stack ask for 1.64 vCPUs on 2 nodes of 2",
    "pulumi config set nodeVcpuLimit 6",
  ),
  {
    set: { nodeVcpuLimit: 20, taskServiceReplicas: 80 },
    told: ["nodeVcpuLimit must be 26 or more", "pulumi config set nodeVcpuLimit 26"],
  },
  bad("nodeExpiryDays", 21, "from 1 to 20", "pods have one of them to leave it", "Days 20"),
  bad("nodeExpiryDays", "14d", "a whole number", "pulumi config set nodeExpiryDays 14"),
  bad("nodeDisruptionBudgets", { nodes: "0" }, "a list of objects"),
  budget({}, ".nodes must be a number of nodes or a percentage", "got nothing"),
  budget({ nodes: "150%" }, ".nodes must be a number of nodes", "nodes' '100%'"),
  budget({ nodes: "a few" }, ".nodes must be a number of nodes", "'<value>'"),
  budget({ nodes: "0", reasons: ["drifted"] }, ".reasons[0] must be one of", "reasons[0]' Drifted"),
  budget({ nodes: "0", reasons: ["Expired"] }, "one of Underutilized, Empty, Drifted"),
  budget(
    { nodes: "0", reasons: ["Empty", "Empty"] },
    ".reasons must be a list without repetition",
    "rm --path 'nodeDisruptionBudgets[0].reasons[1]'",
  ),
  budget({ nodes: "0", schedule: "0 9 * * mon-fri" }, ".duration must be given with schedule"),
  budget({ nodes: "0", duration: "8h" }, ".schedule must be given with duration"),
  badSchedule("61 * * * *"),
  badSchedule("0 24 * * *"),
  badSchedule("0 9 * *"),
  badSchedule("0 0 9 * * mon"),
  badSchedule("0 9 * * 7"),
  badSchedule("0 9 L * *"),
  badSchedule("every day"),
  badSchedule("@reboot"),
  badSchedule("CRON_TZ=Asia/Tokyo 0 9 * * *"),
  budget(
    { nodes: "0", schedule: "@daily", duration: "1h30m15s" },
    ".duration must be hours and minutes such as 8h",
  ),
  budget({ nodes: "0", schedule: "@daily", duration: "1d" }, "no days", "duration' 24h"),
  budget({ nodes: "0", schedule: "@daily", duration: "0h" }, ".duration must be hours and minutes"),
  budget({ nodes: "0", when: "night" }, ".when must be one of the fields nodes, reasons"),
  {
    set: { nodeDisruptionBudgets: numbers(52).map((n) => ({ nodes: String(n) })) },
    told: [
      "nodeDisruptionBudgets must be a list of 50 at most; got 52",
      "nodeDisruptionBudgets[50]'",
    ],
  },
  badTag("aws:team", "a", "tags must be an object, each name 1 to 128 letters", "aws:team"),
  badTag("eks:team", "a", "tags must be an object"),
  badTag("kubernetes.io/team", "a", "tags must be an object"),
  badTag("node.karpenter.sh/team", "a", "tags must be an object"),
  badTag("k".repeat(129), "a", "tags must be an object"),
  badTag("a=b", "c", "tags must be an object"),
  badTag("team", "", "tags.team must be 1 to 256 letters", "tags.team '<value>'"),
  badTag("team", "{{ .PVCName }}", "tags.team must be 1 to 256 letters"),
  badTag("team", "v".repeat(257), "tags.team must be 1 to 256 letters"),
  badTag("Project", "mine", "tags.Project must be absent: project is the stack's own"),
  badTag("Name", "mine", "tags.Name must be absent", "pulumi config rm --path tags.Name"),
  {
    set: { tags: { team: "a", Team: "b" } },
    told: ["tags.Team must be absent: team is there already, and to IAM capitals"],
  },
  {
    set: { tags: Object.fromEntries(numbers(21).map((n) => [`tag${n}`, "a"])) },
    told: ["tags must be 20 tags at most", "got 21", "pulumi config rm --path tags.tag20"],
  },
  bad("tags", "team", "an object of texts", "pulumi config rm tags"),
];
