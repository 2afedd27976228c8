import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type FixedInput, keepInputs } from "../fixed-inputs";

/** Arguments of ServiceNamespace. */
export interface ServiceNamespaceArgs {
  /** Name of the namespace, for the life of the stack. */
  readonly namespace: string;
}

const TYPE = "kubernetes-monitoring:index:ServiceNamespace";

const FIXED: readonly FixedInput[] = [
  {
    input: "namespace",
    key: "serviceNamespace",
    because: "Kubernetes cannot rename a namespace, and every service would be made anew",
  },
];

/**
 * The namespace of the services, under Pod Security level `restricted`: what it refuses is a pod that
 * runs as root or asks for privileges.
 *
 * ```ts
 * new ServiceNamespace("services", { namespace: "prod" }, { providers: platform.providers });
 * ```
 */
export class ServiceNamespace extends pulumi.ComponentResource {
  /** Resolves when the namespace is there. */
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: ServiceNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPE, name, args, keepInputs(TYPE, name, FIXED, opts));
    this.name = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: args.namespace,
          labels: { "pod-security.kubernetes.io/enforce": "restricted" },
        },
      },
      { parent: this },
    ).metadata.name;
    this.registerOutputs({ name: this.name });
  }
}
