import type { Behaviour, CloudResource } from "./behaviour";
import { RELEASE } from "./helm-release";
import { object } from "./kubernetes-object";

const plain = object("kubernetesCall");

/** The operator's own kinds: the chart brings their CRDs, and the webhook that admits them. */
function operatorKind(crd: string): Behaviour {
  return {
    ...plain,
    needs: (resource, all) => [
      ...(plain.needs?.(resource, all) ?? []),
      { what: `the CRD ${crd}.monitoring.coreos.com`, from: releases(all) },
    ],
  };
}

const releases = (all: readonly CloudResource[]): readonly CloudResource[] =>
  all.filter(({ type }) => type === RELEASE);

export const prometheusOperator: Readonly<Record<string, Behaviour>> = {
  "kubernetes:monitoring.coreos.com/v1:ServiceMonitor": operatorKind("servicemonitors"),
  "kubernetes:monitoring.coreos.com/v1:PrometheusRule": operatorKind("prometheusrules"),
};
