import type { Behaviour, CloudResource } from "./behaviour";
import { RELEASE } from "./helm-release";
import { isKeda } from "./keda-chart";
import { object } from "./kubernetes-object";

/** The operator's own kinds: the chart brings their CRDs, and the webhook that admits them. */
const operatorKind = (crd: string): Behaviour =>
  object("kubernetesCall", (_object, all) => [
    { what: `the CRD ${crd}.monitoring.coreos.com`, from: releases(all) },
  ]);

const releases = (all: readonly CloudResource[]): readonly CloudResource[] =>
  all.filter((other) => other.type === RELEASE && !isKeda(other));

export const prometheusOperator: Readonly<Record<string, Behaviour>> = {
  "kubernetes:monitoring.coreos.com/v1:ServiceMonitor": operatorKind("servicemonitors"),
  "kubernetes:monitoring.coreos.com/v1:PrometheusRule": operatorKind("prometheusrules"),
};
