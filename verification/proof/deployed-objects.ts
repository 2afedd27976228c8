import * as k8s from "@pulumi/kubernetes";
import {
  createServiceMonitor,
  ScrapeTarget,
} from "../../components/instrumented-service/scrape-target";
import type { ServiceFacts } from "../../observability/service-facts";
import { createDeployment, createService } from "../../components/instrumented-service/workload";
import { Cloud } from "../../simulation/cloud/cloud";
import { record } from "../../simulation/recorder";

/** What has to agree for a pod to be scraped, as the program would deploy it. */
export interface DeployedObjects {
  readonly serviceMonitor: ServiceMonitor;
  readonly service: KubernetesService;
  readonly deployment: Deployment;
}

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ServiceMonitor {
  readonly metadata: Metadata;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly sampleLimit: number;
    readonly endpoints: readonly { readonly port: string; readonly path: string }[];
  };
}

export interface KubernetesService {
  readonly metadata: Metadata;
  readonly spec: {
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly name: string; readonly targetPort: string }[];
  };
}

export interface Deployment {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly {
          readonly name: string;
          readonly ports: readonly { readonly name: string }[];
        }[];
      };
    };
  };
}

const KUBERNETES = "kubernetes";

/** Runs the components' own functions and records what they register; nothing is deployed. */
export async function deployedObjects(facts: ServiceFacts): Promise<DeployedObjects> {
  const cloud = new Cloud({ region: "eu-west-1", accountId: "111122223333" });
  const run = { project: "proof", stack: "proof", cloud, config: {}, secretKeys: [] };
  const { resources } = await record(run, () => {
    const target = new ScrapeTarget(facts.name, facts.namespace, 3000);
    const account = new k8s.core.v1.ServiceAccount(facts.name, { metadata: target.metadata() });
    createDeployment(target, {}, "registry.example/service@sha256:0", account, {});
    createService(target, {});
    createServiceMonitor(target, { sampleLimit: facts.sampleLimit }, "kube-prometheus-stack", {});
    return Promise.resolve();
  });
  const inputs = (type: string): unknown => {
    const found = resources.find((resource) => resource.type === `${KUBERNETES}:${type}`);
    if (!found) throw new Error(`the components registered no ${type}`);
    return found.inputs;
  };
  return {
    serviceMonitor: inputs("monitoring.coreos.com/v1:ServiceMonitor") as ServiceMonitor,
    service: inputs("core/v1:Service") as KubernetesService,
    deployment: inputs("apps/v1:Deployment") as Deployment,
  };
}
