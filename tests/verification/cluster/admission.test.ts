import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { recordStack } from "../../../simulation/record-stack";
import { at } from "../../../simulation/resource";
import { findChart } from "../../../verification/cluster/chart";
import { Kubernetes } from "../../../verification/cluster/kubernetes";
import { type DeployedObject, deployedObjects } from "../../../verification/deployed";
import { type ControlPlane, controlPlane, eventually } from "../../support/control-plane";
import { absent } from "../../support/external-tool";

const NAMESPACE = "prometheus";
const GRAFANA = `system:serviceaccount:${NAMESPACE}:kube-prometheus-stack-grafana`;

interface Template {
  readonly owner: string;
  readonly spec: object;
}

/** Pods that the chart makes by itself, its Jobs' among them. */
function podTemplates(folder: string): readonly Template[] {
  const text = readFileSync(path.join(folder, "files", "objects.yaml"), "utf8");
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as DeployedObject | null;
    const spec = at(object, "spec.template.spec") as object | undefined;
    return object && spec ? [{ owner: `${object.kind} ${object.metadata.name}`, spec }] : [];
  });
}

/** What the API server says of a pod, without making it. */
async function refusal(kubernetes: Kubernetes, template: Template): Promise<string | undefined> {
  // Its account comes with the chart.
  const spec = { ...template.spec, serviceAccountName: "default" };
  const body = { apiVersion: "v1", kind: "Pod", metadata: { generateName: "try-" }, spec };
  try {
    await kubernetes.client.call(`/api/v1/namespaces/${NAMESPACE}/pods?dryRun=All`, {
      method: "POST",
      body,
    });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

async function mayGrafana(
  kubernetes: Kubernetes,
  verb: string,
  resource: string,
  namespace: string,
): Promise<boolean> {
  const review = await kubernetes.client.call<{ status: { allowed: boolean } }>(
    "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    {
      method: "POST",
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: { user: GRAFANA, resourceAttributes: { verb, resource, namespace } },
      },
    },
  );
  return review.status.allowed;
}

describe("a Kubernetes that has the stack's namespaces, roles and policies", () => {
  let plane: ControlPlane | undefined;
  let kubernetes: Kubernetes;
  before(async function () {
    plane = await controlPlane(this);
    kubernetes = Kubernetes.open(plane.kubeconfig);
    const kinds = ["Namespace", "NetworkPolicy", "ClusterRole", "ClusterRoleBinding"];
    for (const object of deployedObjects(await recordStack("prod"))) {
      if (kinds.includes(object.kind)) await kubernetes.apply(object);
    }
    await eventually(() => kubernetes.get("v1", "ServiceAccount", "default", NAMESPACE));
  });
  after(() => plane?.stop());

  it("admits every pod of the chart to the restricted namespace, and not node-exporter's", async function () {
    const found = findChart();
    if ("missing" in found) return absent(this, "the rendered chart");
    const templates = podTemplates(found.chart.folder);
    assert.ok(templates.length >= 7, `${templates.length}`);
    const refused: string[] = [];
    for (const template of templates) {
      const message = await refusal(kubernetes, template);
      if (message === undefined) continue;
      assert.match(message, /violates PodSecurity "restricted:latest"/);
      refused.push(template.owner);
    }
    assert.deepEqual(refused, ["DaemonSet kube-prometheus-stack-prometheus-node-exporter"]);
  });

  it("lets Grafana read ConfigMaps of every namespace, and do nothing else", async () => {
    const resources = ["configmaps", "secrets", "pods", "namespaces", "services", "nodes"];
    const verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
    const allowed: string[] = [];
    for (const resource of resources) {
      for (const verb of verbs) {
        for (const namespace of [NAMESPACE, "prod"]) {
          if (await mayGrafana(kubernetes, verb, resource, namespace)) {
            allowed.push(`${verb} ${resource} in ${namespace}`);
          }
        }
      }
    }
    assert.deepEqual(
      allowed.sort(),
      ["get", "list", "watch"].flatMap((verb) =>
        ["prod", NAMESPACE].map((namespace) => `${verb} configmaps in ${namespace}`),
      ),
    );
  });

  it("has every policy as it was given", async () => {
    const names = (await kubernetes.list("networking.k8s.io/v1", "NetworkPolicy"))
      .map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`)
      .sort();
    assert.deepEqual(names, [
      "prod/default-deny",
      "prod/services",
      "prod/task-service",
      "prometheus/alertmanager",
      "prometheus/api-server",
      "prometheus/default-deny",
      "prometheus/grafana",
      "prometheus/kube-state-metrics",
      "prometheus/operator",
      "prometheus/prometheus",
      "prometheus/stack-check",
    ]);
  });
});
