import type * as pulumi from "@pulumi/pulumi";

/** What scales services on their metrics: KEDA. A Keda is one; so is the KEDA of a cluster that has one. */
export interface Autoscaler {
  /** Namespace of KEDA's operator, which asks Prometheus. */
  readonly namespace: pulumi.Input<string>;
  /**
   * What a ScaledObject is made after and gone before: only a KEDA that runs takes its finalizer off.
   * @default KEDA is on the cluster for longer than the service
   */
  readonly installation?: pulumi.Resource;
}
