import { configured, refused } from "./apply";
import type { Operation, OperationGroup } from "./operation";

/** Replicas, volumes and persistence: where data can be lost. All need values that have an effect. */
export const storage: readonly OperationGroup[] = [
  {
    name: "replicas",
    needsValues: true,
    operations: [
      replicas("replicas 2 to 3", 3, { claims: "2 new" }),
      replicas("replicas 3 to 1", 1, {
        claims: "kept",
        announced: /-db-[a-z-]+-1/,
      }),
      replicas("replicas 1 to 2", 2, { claims: "kept" }),
    ],
  },
  {
    name: "volumes",
    needsValues: true,
    operations: [
      {
        name: "Prometheus' volume 50 to 60 GiB",
        perform: configured({ prometheusVolumeGiB: 60 }),
        expected: {
          steps: ["replace Job", "update MonitoringStack", "update Release"],
          // The third replica's, which stayed.
          claims: "3 grown",
          restarted: ["prometheus"],
          announced: /no data is lost/i,
        },
      },
      {
        name: "Prometheus' volume 60 to 50 GiB",
        perform: refused({ prometheusVolumeGiB: 50 }),
        expected: {
          steps: "refused in the preview",
          claims: "kept",
          restarted: [],
          announced: /prometheusVolumeGiB/,
        },
      },
    ],
  },
  {
    name: "Grafana's database",
    needsValues: true,
    operations: [
      {
        name: "Grafana's database kept",
        perform: configured({ grafanaPersistence: true }),
        expected: {
          steps: ["replace Job", "update MonitoringStack", "update Release"],
          claims: "1 new",
          restarted: ["grafana"],
          announced: /emptyDirs, is lost/,
        },
      },
      {
        name: "Grafana's volume 10 to 20 GiB",
        perform: configured({ grafanaVolumeGiB: 20 }),
        expected: {
          steps: ["replace Job", "update MonitoringStack", "update Release"],
          claims: "1 grown",
          restarted: [],
        },
      },
      {
        name: "Grafana's database kept no more",
        perform: configured({ grafanaPersistence: false }),
        expected: {
          steps: ["replace Job", "update MonitoringStack", "update Release"],
          claims: "kept",
          restarted: ["grafana"],
          announced: /kubectl delete pvc -n prometheus kube-prometheus-stack-grafana/,
        },
      },
    ],
  },
  {
    name: "persistence",
    needsValues: true,
    operations: [
      {
        name: "persistence off",
        perform: configured({ persistence: false }),
        expected: {
          steps: ["replace Job", "update MonitoringStack", "update Release"],
          claims: "kept",
          restarted: ["alertmanager", "prometheus"],
          announced: /prometheus-kube-prometheus-stack-prometheus-db/,
        },
      },
      {
        name: "persistence on again",
        perform: configured({ persistence: true }),
        expected: {
          steps: ["replace Job", "update MonitoringStack", "update Release"],
          claims: "kept",
          restarted: ["alertmanager", "prometheus"],
          announced: /./,
        },
      },
    ],
  },
];

function replicas(
  name: string,
  prometheusReplicas: number,
  expected: Pick<Operation["expected"], "claims" | "announced">,
): Operation {
  return {
    name,
    perform: configured({ prometheusReplicas }),
    expected: {
      steps: ["replace Job", "update MonitoringStack", "update Release"],
      restarted: ["alertmanager"],
      ...expected,
    },
  };
}
