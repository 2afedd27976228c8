import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { createNamespace } from "../namespace";

/** Added to the monitoring namespace's name. */
const NODE_EXPORTER_SUFFIX = "-node-exporter";

/** All of the chart but node-exporter: no pod of it runs as root or asks for privileges, and none may. */
export const createMonitoringNamespace = (
  name: string,
  namespace: string,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace => createNamespace(name, namespace, "restricted", opts);

/** node-exporter needs the host's network, processes and root file system. */
export const createNodeExporterNamespace = (
  name: string,
  namespace: string,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace =>
  createNamespace(
    `${name}${NODE_EXPORTER_SUFFIX}`,
    `${namespace}${NODE_EXPORTER_SUFFIX}`,
    "privileged",
    opts,
  );
