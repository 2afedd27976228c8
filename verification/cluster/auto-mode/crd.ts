import { setTimeout as delay } from "node:timers/promises";
import type { Kubernetes } from "../kubernetes";

/** A kind of the whole cluster that EKS Auto Mode brings, as far as its `spec` is documented. */
export interface AutoModeKind {
  readonly group: string;
  /** Such as "nodeclasses". */
  readonly plural: string;
  readonly kind: string;
  /** Schema of `spec`; fields that it does not name are dropped, and Pulumi's strict validation refuses them. */
  readonly spec: object;
}

const SERVED_SECONDS = 10;

/** @throws Error where the API server does not serve it within 10 s */
export async function installCrd(
  kubernetes: Kubernetes,
  { group, plural, kind, spec }: AutoModeKind,
): Promise<void> {
  const name = `${plural}.${group}`;
  const schema = { openAPIV3Schema: { type: "object", properties: { spec } } };
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: {
      group,
      scope: "Cluster",
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
  await kubernetes.apply(crd);
  const deadline = Date.now() + SERVED_SECONDS * 1000;
  while ((await kubernetes.client.path(`${group}/v1`, kind)) === undefined) {
    if (Date.now() > deadline) {
      throw new Error(`the API server does not serve ${name} after ${SERVED_SECONDS} s`);
    }
    await delay(100);
  }
}
