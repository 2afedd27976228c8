import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerScheme } from "./eks-platform";

/** What its load balancers are. */
export interface IngressClassArgs {
  readonly scheme: LoadBalancerScheme;
  /** On load balancers and what belongs to them. Empty: none but those of EKS. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The class of Auto Mode's Application Load Balancers. */
export function createIngressClass(
  name: string,
  { scheme, tags }: IngressClassArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.IngressClass {
  const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const params = new k8s.apiextensions.CustomResource(
    `${name}-alb-params`,
    {
      apiVersion: "eks.amazonaws.com/v1",
      kind: "IngressClassParams",
      metadata: { name: "alb" },
      // What is said here counts over annotations of an Ingress.
      spec: { scheme, ...(pairs.length > 0 && { tags: pairs }) },
    },
    opts,
  );
  return new k8s.networking.v1.IngressClass(
    `${name}-alb`,
    {
      metadata: { name: "alb" },
      spec: {
        controller: "eks.amazonaws.com/alb",
        parameters: {
          apiGroup: "eks.amazonaws.com",
          kind: "IngressClassParams",
          name: params.metadata.name,
        },
      },
    },
    opts,
  );
}
