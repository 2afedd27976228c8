import type { DisruptionBudget, NodePoolArgs } from "../components/cluster/node-pool";
import * as command from "./commands";
import { FieldReader } from "./field-reader";
import type { Fields } from "./key";
import { disruptedNodes, duration, reason, schedule } from "./node-rules";
import { type Problems, shown } from "./problems";
import type { Values } from "./reader";

/** Karpenter's CRD. */
const MOST_BUDGETS = 50;

/** Checks the keys of the nodes together. */
export function readNodes(values: Values, problems: Problems): NodePoolArgs {
  if (values.platform === "eks") checkLimit(values, problems);
  const budgets = readBudgets(values.nodeDisruptionBudgets, problems);
  return {
    architecture: values.nodeArchitecture,
    categories: values.nodeCategories,
    vcpuLimit: values.nodeVcpuLimit,
    expiryDays: values.nodeExpiryDays,
    ...(budgets.length > 0 && { disruptionBudgets: budgets }),
  };
}

function readBudgets(given: readonly Fields[], problems: Problems): readonly DisruptionBudget[] {
  const key = "nodeDisruptionBudgets";
  if (given.length > MOST_BUDGETS) {
    const extra = given.map((_, index) => command.removePath(`${key}[${index}]`));
    const fix = command.all(extra.slice(MOST_BUDGETS).reverse());
    problems.add(key, `a list of ${MOST_BUDGETS} at most`, String(given.length), fix);
  }
  return given.slice(0, MOST_BUDGETS).map((fields, index) => {
    return readBudget(fields, `${key}[${index}]`, problems);
  });
}

function readBudget(given: Fields, path: string, problems: Problems): DisruptionBudget {
  // The CLI makes a number of what looks like one.
  const { nodes } = given;
  const fields = { ...given, ...(typeof nodes === "number" && { nodes: String(nodes) }) };
  const reader = new FieldReader(fields, path, problems);
  const read = {
    nodes: reader.text("nodes", disruptedNodes),
    reasons: reader.list("reasons", reason),
    schedule: reader.optional("schedule", schedule),
    duration: reader.optional("duration", duration),
  };
  reader.refuseOthers();
  const missing = { schedule: "duration", duration: "schedule" } as const;
  for (const field of ["schedule", "duration"] as const) {
    if (read[field] === undefined || read[missing[field]] !== undefined) continue;
    const where = `${path}.${missing[field]}`;
    const must = `given with ${field}: one says when the budget comes into force, the other for how long`;
    problems.add(where, must, "nothing", command.setPath(where, command.VALUE));
  }
  checkRepetition(read.reasons, `${path}.reasons`, problems);
  return {
    nodes: read.nodes,
    ...(read.reasons.length > 0 && { reasons: read.reasons }),
    ...(read.schedule !== undefined && { schedule: read.schedule }),
    ...(read.duration !== undefined && { duration: read.duration }),
  };
}

/** To Kubernetes the reasons are a set. */
function checkRepetition(reasons: readonly string[], path: string, problems: Problems): void {
  const again = reasons.findIndex((each, index) => reasons.indexOf(each) < index);
  if (again < 0) return;
  const fix = command.removePath(`${path}[${again}]`);
  problems.add(path, "a list without repetition", `${shown(reasons[again])} more than once`, fix);
}

/** Millicores that the stack's pods ask for; tests/config/nodes.test.ts holds them equal to the simulated ones. */
export const REQUESTED = {
  /** metrics-server, operator, Grafana, kube-state-metrics. */
  base: 430,
  /** Prometheus and Alertmanager with what is beside them in their pods. */
  monitoringReplica: 230,
  servicePod: 250,
};
/** An instance of 2 vCPUs, without what kubelet, system and node-exporter take. */
const NODE_MILLICORES = 1880;

/** Below it some pod of the stack would wait for ever; one node more, because a node goes after its successor is there. */
function checkLimit(values: Values, problems: Problems): void {
  const { nodeVcpuLimit, prometheusReplicas: replicas, services, taskServiceReplicas } = values;
  const servicePods = services
    .map((service) => (service === "task-service" ? taskServiceReplicas : 1))
    .reduce((sum, pods) => sum + pods, 0);
  const millicores =
    REQUESTED.base + REQUESTED.monitoringReplica * replicas + REQUESTED.servicePod * servicePods;
  // Replicas are in two zones.
  const nodes = Math.max(Math.ceil(millicores / NODE_MILLICORES), Math.min(replicas, 2));
  const least = 2 * (nodes + 1);
  if (nodeVcpuLimit >= least) return;
  const must = `${least} or more: the pods of this stack ask for ${millicores / 1000} vCPUs on ${nodes} ${nodes === 1 ? "node" : "nodes"} of 2, and a node goes only after its successor is there`;
  const fix = command.set("nodeVcpuLimit", String(least));
  problems.add("nodeVcpuLimit", must, shown(nodeVcpuLimit), fix);
}
