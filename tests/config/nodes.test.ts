import assert from "node:assert/strict";
import { REQUESTED } from "../../config/nodes";
import { recordStack } from "../../simulation/record-stack";
import { handed } from "./bad-configuration";
import { problemsOf, readAs } from "../support/stack-config";

describe("the keys of the nodes", () => {
  it("take a ceiling that is just high enough", async () => {
    assert.deepEqual(await problemsOf("prod", handed({ nodeVcpuLimit: 6 })), []);
    assert.notDeepEqual(await problemsOf("prod", handed({ nodeVcpuLimit: 5 })), []);
  });

  it("know what the stack's pods ask for, so that the ceiling lets them run", async () => {
    const { cloud, resources } = await recordStack("prod");
    const pods = resources.flatMap((resource) => cloud.pods(resource, resources));
    const requested = (...names: readonly string[]) =>
      pods
        .filter(({ name }) => names.includes(name))
        .reduce((sum, { cpuMillicores, count }) => {
          return sum + cpuMillicores * (count === "per-node" ? 0 : count);
        }, 0);
    const all = {
      base: requested(...["cluster-metrics-server", "operator", "grafana", "kube-state-metrics"]),
      monitoringReplica: requested("prometheus", "alertmanager") / 2,
      servicePod: requested("task-service") / 3,
    };
    assert.deepEqual(all, REQUESTED);
    assert.equal(
      requested(...pods.map(({ name }) => name)),
      REQUESTED.base + 2 * REQUESTED.monitoringReplica + 3 * REQUESTED.servicePod,
    );
  });

  it("take budgets in Karpenter's words, and a number as the CLI writes it", async () => {
    const nodeDisruptionBudgets = [
      { nodes: "100%" },
      { nodes: 0, reasons: ["Underutilized", "Empty"] },
      { nodes: "1", schedule: "*/15 0-6,22-23 1 JAN-MAR ?", duration: "90m" },
      { nodes: "2", schedule: "@weekly", duration: "1h30m" },
    ];
    const { cluster } = await readAs("prod", handed({ nodeDisruptionBudgets }));
    assert.ok(cluster.platform === "eks");
    assert.deepEqual(cluster.nodes?.disruptionBudgets, [
      { nodes: "100%" },
      { nodes: "0", reasons: ["Underutilized", "Empty"] },
      ...nodeDisruptionBudgets.slice(2),
    ]);
  });

  it("take tags up to the bounds of AWS", async () => {
    const many = Array.from({ length: 18 }, (_, index) => [`tag${index}`, "a=b c"]);
    const tags = {
      ["k".repeat(128)]: "v".repeat(256),
      "example.com/cost center": "R+D",
      ...(Object.fromEntries(many) as Record<string, string>),
    };
    const { cluster } = await readAs("prod", handed({ tags }));
    assert.ok(cluster.platform === "eks");
    assert.deepEqual(cluster.userTags, tags);
  });
});
