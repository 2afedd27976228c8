import * as pulumi from "@pulumi/pulumi";

/** What the chart calls the Service and the ServiceAccount of Prometheus, after its release. */
export const PROMETHEUS = "kube-prometheus-stack-prometheus";

/** Where pods of the cluster reach it, without a slash at its end. */
export const prometheusAddress = (namespace: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.interpolate`http://${PROMETHEUS}.${namespace}.svc:9090`;
