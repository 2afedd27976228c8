import { change } from "./apply";
import type { OperationGroup } from "./operation";

/** With the built image, what it runs in, and the component whose inputs say so. */
const ANOTHER_ARCHITECTURE = [
  "replace Job",
  "update Cluster",
  "update Deployment",
  "update Image",
  "update NodePool",
];

/** On what EKS Auto Mode makes, and on all of the AWS provider. A storage class keeps those that it has. */
const OTHER_TAGS = [
  "update Cluster",
  "update IngressClassParams",
  "update NodeClass",
  "update aws",
];

/** Nodes, and the tags on what EKS Auto Mode makes. */
export const nodes: readonly OperationGroup[] = [
  {
    name: "nodes",
    operations: [
      change("nodes of another architecture", { nodeArchitecture: "arm64" }, ANOTHER_ARCHITECTURE, [
        "task-service",
      ]),
      change(
        "nodes of the first architecture",
        { nodeArchitecture: "amd64" },
        ANOTHER_ARCHITECTURE,
        ["task-service"],
      ),
      change(
        "fewer nodes, none replaced by day",
        {
          nodeVcpuLimit: 32,
          nodeDisruptionBudgets: [
            { nodes: "10%" },
            { nodes: "0", reasons: ["Drifted"], schedule: "0 9 * * mon-fri", duration: "8h" },
          ],
        },
        ["update Cluster", "update NodePool"],
      ),
      change("tags given", { tags: { "cost-center": "platform" } }, [
        "create RolePolicy",
        ...OTHER_TAGS,
      ]),
      change("tags taken away", { tags: {} }, ["delete RolePolicy", ...OTHER_TAGS]),
    ],
  },
];
