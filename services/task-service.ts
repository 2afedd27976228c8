import { createRequire } from "node:module";
import type * as pulumi from "@pulumi/pulumi";
import type { Autoscaler } from "../components/autoscaler";
import { InstrumentedService } from "../components/instrumented-service/instrumented-service";
import type { Platform } from "../components/platform";
import type { Watcher } from "../components/watcher";
import type { OwnMetrics } from "../observability/own-metrics";
import type { WatchedService } from "../observability/written-metrics";
import type * as taskTable from "./task-table";

/** What the stack decides about task-service; everything else is in this file. */
export interface TaskServiceArgs {
  readonly namespace: pulumi.Input<string>;
  readonly platform: Platform;
  readonly watchedBy: Watcher;
  /** A ready image to deploy. @default build services/task-service */
  readonly image?: string;
  /** Fewest and most pods. */
  readonly replicas: { readonly min: number; readonly max: number };
  /** Requests per second that one pod is to answer, where `keda` scales it. */
  readonly requestsPerSecond: number;
  /** @default it is scaled on CPU */
  readonly keda?: Autoscaler | undefined;
  /** DynamoDB table to make for the tasks, EKS only. @default tasks are kept in memory */
  readonly table?: taskTable.TaskTableArgs;
}

/** Deploys task-service, with its table where it has one. */
export function deployTaskService(args: TaskServiceArgs): InstrumentedService {
  const { namespace, platform, watchedBy, image, replicas, requestsPerSecond, keda } = args;
  const opts = { providers: platform.providers };
  const table = args.table && createTable(args.table, opts);
  return new InstrumentedService(
    "task-service",
    {
      namespace,
      platform,
      watchedBy,
      image: { context: "./services/task-service", ...(image !== undefined && { use: image }) },
      replicas,
      ...(keda && { autoscale: { requestsPerSecond, keda } }),
      // POST, PUT, GET and DELETE of tasks, GET of one, GET of the API's description.
      metrics: { routes: 6 },
      // Counted over 30 days. 0.25 s is a bucket of the service's histogram.
      slo: { availability: 99.9, latency: { percent: 99, seconds: 0.25 } },
      own,
      ...(table && { environment: table.environment, permissions: table.policy }),
    },
    opts,
  );
}

/** Loaded where there is a table only: tasks in memory need no package of AWS. */
function createTable(
  args: taskTable.TaskTableArgs,
  opts: pulumi.ComponentResourceOptions,
): taskTable.TaskTable {
  const { TaskTable } = createRequire(__filename)("./task-table") as typeof taskTable;
  return new TaskTable("tasks", args, opts);
}

/** Panels, records and an alert for the metrics that only task-service has. */
const own: OwnMetrics = {
  metrics: ["tasks_created_total", "tasks_done_total", "tasks_overdue"],
  panels: [
    {
      title: "Tasks created and done",
      description:
        "Per second, over all pods. Done below created for long means a growing backlog.",
      unit: "ops",
      queries: [
        {
          expr: (series) => `sum(rate(tasks_created_total{${series}}[$__rate_interval]))`,
          legend: "created",
        },
        {
          expr: (series) => `sum(rate(tasks_done_total{${series}}[$__rate_interval]))`,
          legend: "done",
        },
      ],
    },
    {
      title: "Tasks overdue",
      description:
        "Tasks that should have been started and are not done. Every replica counts the same store every five minutes, hence the maximum.",
      unit: "short",
      queries: [{ expr: (series) => `max(tasks_overdue{${series}})`, legend: "overdue" }],
    },
  ],
  records: [
    {
      record: "service:tasks_created:rate5m",
      expr: (series) => `sum(rate(tasks_created_total{${series}}[5m]))`,
    },
    {
      record: "service:tasks_done:rate5m",
      expr: (series) => `sum(rate(tasks_done_total{${series}}[5m]))`,
    },
  ],
  alerts: [
    {
      name: "TasksNotGettingDone",
      severity: "warning",
      expr: (series) =>
        `max(tasks_overdue{${series}}) > 0\n` +
        `and on () sum(increase(tasks_done_total{${series}}[1h])) == 0`,
      for: "1h",
      summary: "Tasks are overdue and nobody gets one done",
      description:
        "{{ $value | humanize }} tasks are overdue, and for two hours not one was marked as done: " +
        "clients cannot reach the service, or their updates are refused.",
      runbook: "task-service",
    },
  ],
};

/** What long-term storage has to have of it. */
export const watchedTaskService = (scaledOnRequests: boolean): WatchedService => ({
  own,
  scaledOnRequests,
});
