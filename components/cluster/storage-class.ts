import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The cluster's default class: encrypted EBS volumes, with the tags given. Kubernetes lets nobody change its
 * parameters, and the preview of another class by the same name fails: it keeps those that it was made with
 * (docs/cost.md says how to make it anew).
 */
export function createStorageClass(
  name: string,
  tags: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): k8s.storage.v1.StorageClass {
  return new k8s.storage.v1.StorageClass(
    `${name}-gp3`,
    {
      metadata: {
        name: "gp3",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "ebs.csi.eks.amazonaws.com",
      parameters: { type: "gp3", encrypted: "true", ...tagSpecifications(tags) },
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
      allowVolumeExpansion: true,
    },
    { ...opts, ignoreChanges: ["parameters"] },
  );
}

/** As the EBS driver reads them. */
const tagSpecifications = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tags).map(([key, value], index) => [
      `tagSpecification_${index + 1}`,
      `${key}=${value}`,
    ]),
  );
