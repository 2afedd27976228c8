import type * as pulumi from "@pulumi/pulumi";
import {
  createNetworkPolicy,
  inNamespace,
  type PolicyPeer,
  podsNamed,
  tcp,
} from "../network-policy";
import type { Watcher } from "../watcher";
import type { MetricsArgs } from "./metrics-args";
import type { ScrapeTarget } from "./scrape-target";

/** Where Prometheus takes what is sent to it. */
const PROMETHEUS = tcp(9090);

/** Who may connect to the service: its neighbours to its port, Prometheus to that of its metrics. */
export function createServicePolicies(
  target: ScrapeTarget,
  metrics: MetricsArgs,
  watchedBy: Watcher,
  opts: pulumi.CustomResourceOptions,
): void {
  const { name, namespace } = target;
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
  createNetworkPolicy(
    `${name}-otlp`,
    { name: `${name}-otlp`, namespace: watchedBy.namespace },
    { pods: podsNamed("prometheus"), ingress: [{ peers: [sender], ports: PROMETHEUS }] },
    opts,
  );
}
