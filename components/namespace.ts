import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A namespace, whose pods are admitted as its level of Pod Security has it. */
export const createNamespace = (
  name: string,
  namespace: string,
  level: "restricted" | "privileged",
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace =>
  new k8s.core.v1.Namespace(
    name,
    { metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": level } } },
    opts,
  );
