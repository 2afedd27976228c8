import { setTimeout as delay } from "node:timers/promises";
import type { Kubernetes } from "../kubernetes";

/**
 * `spec` as far as the EKS User Guide documents it ("IngressClassParams" in "Create an IngressClass to
 * configure an Application Load Balancer"). The real schema is not published; unknown fields are
 * refused here as there.
 */
const SPEC = {
  type: "object",
  properties: {
    scheme: { type: "string", enum: ["internal", "internet-facing"] },
    ipAddressType: { type: "string", enum: ["ipv4", "dualstack", "dualstack-without-public-ipv4"] },
    group: { type: "object", properties: { name: { type: "string" } } },
    certificateARNs: { type: "array", items: { type: "string" } },
    subnets: {
      type: "object",
      properties: {
        ids: { type: "array", items: { type: "string" } },
        tags: {
          type: "object",
          additionalProperties: { type: "array", items: { type: "string" } },
        },
      },
    },
    loadBalancerAttributes: pairs(),
    tags: pairs(),
    inboundCIDRs: { type: "array", items: { type: "string" } },
    sslPolicy: { type: "string" },
    namespaceSelector: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};

const GROUP = "eks.amazonaws.com";
const PLURAL = "ingressclassparams";
const KIND = "IngressClassParams";

const CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${PLURAL}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: "Cluster",
    names: { plural: PLURAL, singular: PLURAL, kind: KIND, listKind: `${KIND}List` },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties: { spec: SPEC } } },
      },
    ],
  },
};

const SERVED_SECONDS = 10;

/** @throws Error where the API server does not serve it within 10 s */
export async function installIngressClassParams(kubernetes: Kubernetes): Promise<void> {
  await kubernetes.apply(CRD);
  const deadline = Date.now() + SERVED_SECONDS * 1000;
  while ((await kubernetes.client.path(`${GROUP}/v1`, KIND)) === undefined) {
    if (Date.now() > deadline) {
      throw new Error(
        `the API server does not serve ${CRD.metadata.name} after ${SERVED_SECONDS} s`,
      );
    }
    await delay(100);
  }
}

/** A list of objects with `key` and `value`. */
function pairs() {
  const properties = { key: { type: "string" }, value: { type: "string" } };
  return { type: "array", items: { type: "object", properties } };
}
