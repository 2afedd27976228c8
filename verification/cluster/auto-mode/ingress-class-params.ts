import type { AutoModeKind } from "./crd";

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

export const INGRESS_CLASS_PARAMS: AutoModeKind = {
  group: "eks.amazonaws.com",
  plural: "ingressclassparams",
  kind: "IngressClassParams",
  spec: SPEC,
};

/** A list of objects with `key` and `value`. */
function pairs() {
  const properties = { key: { type: "string" }, value: { type: "string" } };
  return { type: "array", items: { type: "object", properties } };
}
