import type { OwnMetrics } from "../observability/own-metrics";

/** What task-service shows of its business: two counters, and a gauge that every replica reports alike. */
export const taskMetrics: OwnMetrics = {
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
        "Tasks that should have been started and are not done. Every replica counts the same store, hence the maximum.",
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
