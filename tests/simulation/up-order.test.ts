import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { orderProblems } from "../../simulation/account/up-order";
import type { Recording } from "../../simulation/recorder";
import { BrokenGraph } from "../support/broken-graph";
import { recordStack } from "../../simulation/record-stack";
import { recordProgram } from "../support/simulated";

/** What somebody got wrong in the program's order, and the two resources that the sentence names. */
interface Mistake {
  readonly what: string;
  readonly spoil: (graph: BrokenGraph) => BrokenGraph;
  readonly sentence: RegExp;
}

const MISTAKES: readonly Mistake[] = [
  {
    what: "a ServiceMonitor before the chart's CRDs",
    spoil: (graph) => graph.forgetEdgesTo("Release"),
    sentence:
      /^ServiceMonitor task-service-monitor must be made after Release monitoring, because it needs the CRD servicemonitors\.monitoring\.coreos\.com; got no order between them\. Fix: /,
  },
  {
    what: "a PrometheusRule before the chart's CRDs",
    spoil: (graph) => graph.forgetEdgesTo("Release", "Ingress"),
    sentence: /^PrometheusRule task-service-rules must be made after Release monitoring, .*CRD/,
  },
  {
    what: "a StorageClass that the Release does not wait for",
    spoil: (graph) => graph.forgetEdgesTo("StorageClass"),
    sentence: /^Release monitoring must be made after StorageClass cluster-gp3, because .* gp3/,
  },
  {
    what: "a PriorityClass that the Release does not wait for",
    spoil: (graph) => graph.forgetEdgesTo("PriorityClass"),
    sentence:
      /^Release monitoring must be made after PriorityClass monitoring, because .* kube-prometheus-stack/,
  },
  {
    what: "a Secret that the Release mounts and does not wait for",
    spoil: (graph) => graph.forgetEdgesTo("Secret"),
    sentence: /^Release monitoring must be made after Secret monitoring-grafana-admin, .* mount/,
  },
  {
    what: "an add-on before its cluster",
    spoil: (graph) => graph.uproot("Addon"),
    sentence:
      /^Addon cluster-metrics-server must be made after Cluster cluster-eksCluster, because its clusterName names it/,
  },
  {
    what: "a pod before the credentials of its role",
    spoil: (graph) => graph.forgetEdgesTo("PodIdentityAssociation task-service"),
    sentence:
      /^Deployment task-service must be made after PodIdentityAssociation task-service, .* credentials/,
  },
  {
    what: "a pod before its role may do anything",
    spoil: (graph) => graph.forgetEdgesTo("RolePolicy task-service"),
    sentence: /^Deployment task-service must be made after RolePolicy task-service, .* permissions/,
  },
  {
    what: "the chart's pods before the credentials of their role",
    spoil: (graph) => graph.forgetEdgesTo("PodIdentityAssociation monitoring"),
    sentence:
      /^Release monitoring must be made after PodIdentityAssociation monitoring-alertmanager/,
  },
  {
    what: "an Ingress before its class",
    spoil: (graph) => graph.forgetEdgesTo("IngressClass", "Release"),
    sentence: /^Ingress monitoring-grafana must be made after IngressClass cluster-alb, .* class/,
  },
  {
    what: "a class before its parameters",
    spoil: (graph) => graph.forgetEdgesTo("IngressClassParams"),
    sentence: /^IngressClass cluster-alb must be made after IngressClassParams cluster-alb-params/,
  },
  {
    what: "objects before their namespace",
    spoil: (graph) => graph.forgetEdgesTo("Namespace services"),
    sentence:
      /^ServiceAccount task-service must be made after Namespace services, .* the namespace prod/,
  },
  {
    what: "a Kubernetes provider that does not wait for the cluster",
    spoil: (graph) => graph.uproot("kubernetes"),
    sentence:
      /^Namespace services must be made after Cluster cluster-eksCluster, .* a cluster that answers/,
  },
  {
    what: "a cluster before the policies of its role",
    spoil: (graph) => graph.forgetEdgesTo("RolePolicyAttachment"),
    sentence:
      /^Cluster cluster-eksCluster must be made after RolePolicyAttachment cluster-eksRole-.*policies/,
  },
  {
    what: "a storage class that nothing makes",
    spoil: (graph) => graph.drop("StorageClass"),
    sentence: /^Release monitoring needs the StorageClass gp3, .* nothing in the stack makes it/,
  },
];

describe("what up needs before it can make something", () => {
  let prod: Recording;
  before(async () => {
    prod = await recordStack("prod");
  });

  for (const stack of ["prod", "dev"] as const) {
    it(`is in order in ${stack}`, async () => {
      assert.deepEqual(orderProblems((await recordStack(stack)).resources), []);
    });
  }

  for (const { what, spoil, sentence } of MISTAKES) {
    it(`shows ${what}`, () => {
      const problems = orderProblems(spoil(new BrokenGraph(prod)).resources);
      assert.ok(
        problems.some((problem) => sentence.test(problem)),
        `no ${String(sentence)} in\n${problems.join("\n")}`,
      );
    });
  }
});

/** A cluster, its provider, and what a program puts on it. */
function onCluster(program: (provider: k8s.Provider, cluster: aws.eks.Cluster) => unknown) {
  return recordProgram(() => {
    const cluster = new aws.eks.Cluster("c", {
      name: "c",
      roleArn: "arn:aws:iam::111122223333:role/made-elsewhere",
      computeConfig: { enabled: true },
      vpcConfig: { subnetIds: ["subnet-1", "subnet-2"] },
    });
    const provider = new k8s.Provider("c", {
      kubeconfig: pulumi.jsonStringify({ server: cluster.endpoint }),
    });
    program(provider, cluster);
  });
}

/** A release that mounts a Secret of its namespace. */
function release(
  provider: k8s.Provider,
  namespace: pulumi.Input<string>,
  dependsOn: pulumi.Resource[],
): k8s.helm.v3.Release {
  return new k8s.helm.v3.Release(
    "stack",
    {
      name: "stack",
      namespace,
      chart: "kube-prometheus-stack",
      values: { alertmanager: { alertmanagerSpec: { secrets: ["receivers"] } } },
    },
    { provider, dependsOn },
  );
}

describe("the order of a small program", () => {
  const monitoring = (provider: k8s.Provider) =>
    new k8s.core.v1.Namespace("n", { metadata: { name: "n" } }, { provider }).metadata.name;
  const receivers = (provider: k8s.Provider, namespace: pulumi.Input<string>) =>
    new k8s.core.v1.Secret("r", { metadata: { name: "receivers", namespace } }, { provider });

  it("is refused for a receivers' Secret that the Release does not wait for", async () => {
    const { resources } = await onCluster((provider) => {
      const namespace = monitoring(provider);
      receivers(provider, namespace);
      release(provider, namespace, []);
    });
    assert.deepEqual(orderProblems(resources), [
      "Release stack must be made after Secret r, because it needs the Secret receivers, which its pods mount; got no order between them. Fix: give Release stack an output of Secret r, or dependsOn with it",
    ]);
  });

  it("is right when it does", async () => {
    const { resources } = await onCluster((provider) => {
      const namespace = monitoring(provider);
      release(provider, namespace, [receivers(provider, namespace)]);
    });
    assert.deepEqual(orderProblems(resources), []);
  });

  it("is refused for a namespace that nothing makes, unless every cluster has it", async () => {
    const inNamespace = async (namespace: string) => {
      const { resources } = await onCluster((provider) => receivers(provider, namespace));
      return orderProblems(resources);
    };
    assert.match((await inNamespace("n")).join(), /Secret r needs the namespace n, and nothing/);
    assert.deepEqual(await inNamespace("kube-system"), []);
  });

  it("takes what a cluster of somebody else may have for granted", async () => {
    const { resources } = await recordProgram(() => {
      const provider = new k8s.Provider("c", { kubeconfig: "a cluster that is there already" });
      receivers(provider, "n");
      new k8s.apiextensions.CustomResource(
        "m",
        { apiVersion: "monitoring.coreos.com/v1", kind: "ServiceMonitor", metadata: { name: "m" } },
        { provider },
      );
    });
    assert.deepEqual(orderProblems(resources), []);
  });

  it("counts what a component waits for as waited for by what is in it", async () => {
    class Group extends pulumi.ComponentResource {
      constructor(name: string, dependsOn: pulumi.Resource[]) {
        super("test:index:Group", name, {}, { dependsOn });
        new aws.eks.Addon("a", { clusterName: "c", addonName: "a" }, { parent: this });
      }
    }
    const after = await onCluster((_provider, cluster) => new Group("g", [cluster]));
    assert.deepEqual(orderProblems(after.resources), []);
    const free = await onCluster(() => new Group("g", []));
    assert.match(orderProblems(free.resources).join(), /^Addon a must be made after Cluster c/);
  });
});
