import * as pulumi from "@pulumi/pulumi";
import { acm } from "./acm";
import { amp } from "./amp";
import { vpcComponent } from "./awsx-vpc";
import type { Behaviour } from "./behaviour";
import { budgets } from "./budgets";
import { cloudwatch } from "./cloudwatch";
import { dynamodb } from "./dynamodb";
import { ec2, ec2Invokes } from "./ec2";
import { ecr, ecrInvokes } from "./ecr";
import { eks, eksInvokes } from "./eks";
import { clusterComponent } from "./eks-cluster";
import { helmRelease } from "./helm-release";
import { iam } from "./iam";
import type { Invoke } from "./invoke";
import { keda } from "./keda";
import { kubernetesCore } from "./kubernetes-core";
import { kubernetesIngress } from "./kubernetes-ingress";
import { kubernetesWorkloads } from "./kubernetes-workloads";
import { nodePools } from "./node-pools";
import { prometheusOperator } from "./prometheus-operator";
import { providerInvokes, providers } from "./providers";
import { route53, route53Invokes } from "./route53";
import { sns } from "./sns";

const behaviours: Readonly<Record<string, Behaviour>> = {
  ...providers,
  ...ec2,
  ...iam,
  ...eks,
  ...ecr,
  ...sns,
  ...budgets,
  ...amp,
  ...cloudwatch,
  ...dynamodb,
  ...acm,
  ...route53,
  ...kubernetesCore,
  ...kubernetesWorkloads,
  ...kubernetesIngress,
  ...nodePools,
  ...helmRelease,
  ...prometheusOperator,
  ...keda,
  ...vpcComponent,
  ...clusterComponent,
};

const invokes: Readonly<Record<string, Invoke>> = {
  ...providerInvokes,
  ...ec2Invokes,
  ...ecrInvokes,
  ...eksInvokes,
  ...route53Invokes,
};

/** @throws pulumi.RunError where the type has no behaviour: the simulated cloud never guesses */
export function behaviourOf(type: string): Behaviour {
  const behaviour = behaviours[type];
  if (behaviour) return behaviour;
  throw new pulumi.RunError(
    `the simulated cloud does not know the resource type ${type}. ` +
      "Fix: give it a behaviour in a file of simulation/cloud and list that in simulation/cloud/behaviours.ts",
  );
}

export const isKnown = (type: string): boolean => behaviours[type] !== undefined;

/** Whether a plugin makes what is in it. */
export const isRemoteComponent = (type: string): boolean =>
  behaviours[type]?.children !== undefined;

/** @throws pulumi.RunError where the provider function is not known */
export function invokeOf(token: string): Invoke {
  const invoke = invokes[token];
  if (invoke) return invoke;
  throw new pulumi.RunError(
    `the simulated cloud does not know the invoke ${token}. ` +
      "Fix: answer it in a file of simulation/cloud and list that in simulation/cloud/behaviours.ts",
  );
}
