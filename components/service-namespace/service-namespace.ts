import * as pulumi from "@pulumi/pulumi";
import { type FixedInput, keepInputs } from "../fixed-inputs";
import { createNamespace } from "../namespace";
import type { Platform } from "../platform";
import { createServicesPolicies } from "./network-policies";

/** Arguments of ServiceNamespace. */
export interface ServiceNamespaceArgs {
  /** Name of the namespace, for the life of the stack. */
  readonly namespace: string;
  /** The cluster that it is on. */
  readonly platform: Platform;
}

const TYPE = "kubernetes-monitoring:index:ServiceNamespace";

export const FIXED_NAMESPACE_INPUTS: readonly FixedInput[] = [
  {
    input: "namespace",
    key: "serviceNamespace",
    because: "Kubernetes cannot rename a namespace, and every service would be made anew",
  },
];

/**
 * The namespace of the services, under Pod Security level `restricted`: what it refuses is a pod that
 * runs as root or asks for privileges. Where the platform says what its network is, its pods reach names,
 * HTTPS, their credentials and each other, and only a policy of their own lets somebody reach them.
 *
 * ```ts
 * new ServiceNamespace("services", { namespace: "prod", platform }, { providers: platform.providers });
 * ```
 */
export class ServiceNamespace extends pulumi.ComponentResource {
  /** Resolves when the namespace is there. */
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: ServiceNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace: namespaceName, platform } = args;
    super(
      TYPE,
      name,
      { namespace: namespaceName },
      keepInputs(TYPE, name, FIXED_NAMESPACE_INPUTS, opts),
    );
    const child = { parent: this };
    const namespace = createNamespace(name, namespaceName, "restricted", child);
    if (platform.network) createServicesPolicies(name, namespace, platform.network, child);
    this.name = namespace.metadata.name;
    this.registerOutputs({ name: this.name });
  }
}
