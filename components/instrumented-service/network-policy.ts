import type * as pulumi from "@pulumi/pulumi";
import {
  createNetworkPolicy,
  inNamespace,
  type PolicyPeer,
  podsNamed,
  tcp,
} from "../network-policy";
import type { Watcher } from "../watcher";
import type { ScalingArgs } from "./autoscaling";
import type { MetricsArgs } from "./metrics-args";
import type { ScrapeTarget } from "./scrape-target";

/** The name that KEDA's chart and manifests give its operator's pods. */
const KEDA_OPERATOR = "keda-operator";
/** Where Prometheus takes what is sent to it, and answers. */
const PROMETHEUS = tcp(9090);

/** Who may connect to the service: its neighbours to its port, Prometheus to that of its metrics. */
export function createServicePolicies(
  target: ScrapeTarget,
  metrics: MetricsArgs,
  { watchedBy, autoscale }: { readonly watchedBy: Watcher } & ScalingArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { name, namespace } = target;
  if (autoscale) {
    const { namespace: ofKeda } = autoscale.keda;
    const peer = { namespaceSelector: inNamespace(ofKeda), podSelector: podsNamed(KEDA_OPERATOR) };
    admitToPrometheus(`${name}-autoscaler`, watchedBy, peer, opts);
  }
  const pods = { matchLabels: target.selector };
  const neighbours = { peers: [{ podSelector: {} }], ports: tcp(target.port) };
  const prometheus: PolicyPeer = {
    namespaceSelector: inNamespace(watchedBy.namespace),
    podSelector: podsNamed("prometheus"),
  };
  if (metrics.preset !== "opentelemetry-otlp") {
    const scrape = { peers: [prometheus], ports: tcp(target.metricsPort.number) };
    const ingress = [neighbours, scrape];
    createNetworkPolicy(name, { name, namespace }, { pods, ingress }, opts);
    return;
  }
  // It sends its metrics, and nobody scrapes it.
  const egress = [{ peers: [prometheus], ports: PROMETHEUS }];
  const ingress = [neighbours];
  createNetworkPolicy(name, { name, namespace }, { pods, ingress, egress }, opts);
  const sender: PolicyPeer = { namespaceSelector: inNamespace(namespace), podSelector: pods };
  admitToPrometheus(`${name}-otlp`, watchedBy, sender, opts);
}

/** A policy beside the stack's own, which know no service. */
function admitToPrometheus(
  name: string,
  { namespace }: Watcher,
  peer: PolicyPeer,
  opts: pulumi.CustomResourceOptions,
): void {
  createNetworkPolicy(
    name,
    { name, namespace },
    { pods: podsNamed("prometheus"), ingress: [{ peers: [peer], ports: PROMETHEUS }] },
    opts,
  );
}
