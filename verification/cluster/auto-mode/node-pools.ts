import type { AutoModeKind } from "./crd";

const text = { type: "string" };
const texts = { type: "object", additionalProperties: text };
const oneOf = (...values: readonly string[]) => ({ type: "string", enum: values });
const listOf = (properties: object) => ({
  type: "array",
  minItems: 1,
  items: { type: "object", properties },
});

/**
 * `spec` as the EKS User Guide documents it ("Create a Node Class for Amazon EKS", "Node Class
 * Specification"). The real schema is not published.
 */
const NODE_CLASS_SPEC = {
  type: "object",
  required: ["role", "subnetSelectorTerms", "securityGroupSelectorTerms"],
  properties: {
    role: text,
    subnetSelectorTerms: listOf({ id: text, tags: texts }),
    securityGroupSelectorTerms: listOf({ id: text, name: text, tags: texts }),
    snatPolicy: oneOf("Random", "Disabled"),
    networkPolicy: oneOf("DefaultAllow", "DefaultDeny"),
    networkPolicyEventLogs: oneOf("Enabled", "Disabled"),
    ephemeralStorage: {
      type: "object",
      properties: {
        size: text,
        iops: { type: "integer", minimum: 3000, maximum: 16000 },
        throughput: { type: "integer", minimum: 125, maximum: 1000 },
        kmsKeyID: text,
      },
    },
    tags: texts,
  },
};

export const NODE_CLASS: AutoModeKind = {
  group: "eks.amazonaws.com",
  plural: "nodeclasses",
  kind: "NodeClass",
  spec: NODE_CLASS_SPEC,
};

/** Karpenter's. Its schema is public, and tests/components/node-pool.test.ts holds the stack's own against it. */
export const NODE_POOL: AutoModeKind = {
  group: "karpenter.sh",
  plural: "nodepools",
  kind: "NodePool",
  spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
};
