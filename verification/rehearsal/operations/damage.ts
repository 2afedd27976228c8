import { settled } from "../../cluster/settled";
import type { ObjectReference } from "../../cluster/kubernetes";
import { previewAndUp, succeeded } from "./apply";
import { type Operation, type OperationGroup, type OperationRun, stepsOf } from "./operation";

/** What somebody deletes by hand: whether `up` sees it, and what brings it back. */
export const damage: readonly OperationGroup[] = [
  {
    name: "deleted by hand",
    short: true,
    operations: [
      {
        name: "dashboard deleted by hand: up alone",
        perform: async (run) => {
          await run.engine.cluster.kubernetes.delete(await dashboardOf(run));
          return previewAndUp(run);
        },
        expected: { steps: [], claims: "kept", restarted: [] },
      },
      {
        name: "dashboard deleted by hand: up --refresh",
        perform: repaired,
        expected: { steps: ["create ConfigMap"], claims: "kept", restarted: [] },
      },
      {
        ...deleted("Deployment", "apps/v1", "task-service", "prod"),
        expected: { steps: ["create Deployment"], claims: "kept", restarted: ["task-service"] },
      },
      {
        ...deleted(
          "Secret of Grafana's admin",
          "v1",
          "kube-prometheus-stack-grafana",
          "prometheus",
        ),
        expected: { steps: ["create Secret"], claims: "kept", restarted: [] },
      },
      {
        ...deleted("services' namespace", "v1", "prod", undefined),
        expected: {
          steps: [
            "3 create NetworkPolicy",
            "create ConfigMap",
            "create Deployment",
            "create HorizontalPodAutoscaler",
            "create Namespace",
            "create PodDisruptionBudget",
            "create PrometheusRule",
            "create Service",
            "create ServiceAccount",
            "create ServiceMonitor",
          ],
          claims: "kept",
          restarted: ["task-service"],
        },
      },
    ],
  },
  {
    name: "deleted by hand, of the chart",
    needsValues: true,
    operations: [
      {
        name: "Grafana's Deployment deleted by hand: up --refresh",
        perform: async (run) => {
          await run.engine.cluster.kubernetes.delete(
            deployment("kube-prometheus-stack-grafana", "prometheus"),
          );
          return repaired(run);
        },
        expected: { steps: [], claims: "kept", restarted: [] },
      },
      {
        name: "Grafana's Deployment brought back by helm rollback",
        perform: async (run) => {
          const release = (await run.helm.list()).find(
            ({ name }) => name === "kube-prometheus-stack",
          );
          if (!release) throw new Error("there is no release");
          await run.helm.rollback(release, release.revision);
          const grafana = deployment("kube-prometheus-stack-grafana", "prometheus");
          const { kubernetes } = run.engine.cluster;
          const { apiVersion, kind, metadata } = grafana;
          if (!(await kubernetes.get(apiVersion, kind, metadata.name, metadata.namespace))) {
            throw new Error("Grafana's Deployment is not back");
          }
          return repaired(run);
        },
        expected: { steps: [], claims: "kept", restarted: [] },
      },
      {
        name: "claim of a Prometheus replica deleted by hand, with its pod",
        isDamage: true,
        perform: async (run) => {
          const { kubernetes } = run.engine.cluster;
          await kubernetes.delete({
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: {
              name: "prometheus-kube-prometheus-stack-prometheus-db-prometheus-kube-prometheus-stack-prometheus-1",
              namespace: "prometheus",
            },
          });
          await kubernetes.delete({
            apiVersion: "v1",
            kind: "Pod",
            metadata: {
              name: "prometheus-kube-prometheus-stack-prometheus-1",
              namespace: "prometheus",
            },
          });
          await settled(kubernetes);
          return previewAndUp(run);
        },
        expected: { steps: [], claims: "1 gone", restarted: ["prometheus"] },
      },
    ],
  },
];

/** Deletes an object of the program, and runs `up --refresh`. */
function deleted(
  what: string,
  apiVersion: string,
  name: string,
  namespace: string | undefined,
): Omit<Operation, "expected"> {
  const kind = what.split(" ")[0] ?? what;
  return {
    name: `${what} deleted by hand: up --refresh`,
    perform: async (run) => {
      const { kubernetes } = run.engine.cluster;
      const isNamespace = namespace === undefined;
      await kubernetes.delete({
        apiVersion,
        kind: isNamespace ? "Namespace" : kind,
        metadata: { name, ...(namespace !== undefined && { namespace }) },
      });
      if (isNamespace) await gone(run, name);
      return repaired(run);
    },
  };
}

/** `pulumi up --refresh`: the steps of the update. */
async function repaired({ engine }: OperationRun): ReturnType<Operation["perform"]> {
  const refresh = await succeeded(engine.refresh());
  const up = await succeeded(engine.up());
  return { steps: stepsOf(up), preview: refresh.console };
}

async function gone({ engine }: OperationRun, namespace: string): Promise<void> {
  const { kubernetes } = engine.cluster;
  for (let tries = 0; tries < 240; tries++) {
    if (!(await kubernetes.get("v1", "Namespace", namespace))) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`namespace ${namespace} is still there after a minute`);
}

const deployment = (name: string, namespace: string): ObjectReference => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace },
});

async function dashboardOf({ engine }: OperationRun): Promise<ObjectReference> {
  const maps = await engine.cluster.kubernetes.list("v1", "ConfigMap", "prod");
  const found = maps.find(({ metadata }) => metadata.labels?.grafana_dashboard !== undefined);
  if (!found) throw new Error("there is no dashboard");
  return found;
}
