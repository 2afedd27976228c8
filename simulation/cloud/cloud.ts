import { at, hashOf, type Properties, type Resource, reveal } from "../resource";
import type {
  Account,
  Call,
  Child,
  ChildLookup,
  CloudResource,
  CreateCall,
  Seconds,
} from "./behaviour";
import { behaviourOf, invokeOf } from "./behaviours";
import { durations } from "./durations";
import type { Pods } from "./pods";
import { type Charge, inCents } from "./prices";

/**
 * The simulated AWS account and its Kubernetes cluster. `npm start` and the rehearsal ask it what a
 * resource type outputs, how long it takes, what it costs and what a component is made of. A type or
 * a provider function that it does not know is an error and never a guess.
 */
export class Cloud {
  constructor(readonly account: Account) {}

  /**
   * The account of a stack, by its configuration; in us-east-1, where no region is set.
   * @param kubeconfig of a real cluster that stands for the EKS cluster. @default a made-up one
   */
  static of(config: Readonly<Record<string, string>>, kubeconfig?: Properties): Cloud {
    const region = config["aws:region"] ?? "us-east-1";
    const platform = Object.entries(config).find(([key]) => key.endsWith(":platform"));
    return new Cloud({
      region,
      accountId: "123456789012",
      ...(platform?.[1] === "kubeconfig" && { existingCluster: true }),
      ...(kubeconfig && { kubeconfig }),
    });
  }

  /** Id and outputs as the provider answers; outputs hold the inputs, secrets still wrapped. */
  create(call: Call): { readonly id: string; readonly outputs: Properties } {
    const behaviour = behaviourOf(call.type);
    const plain = this.plain(call);
    const id = behaviour.id?.(plain) ?? `${call.name}-${plain.hash.slice(0, 7)}`;
    return { id, outputs: { ...call.inputs, ...behaviour.outputs?.(plain) } };
  }

  /** What a remote component registers beneath it, in order; undefined for anything else. */
  children(call: Call): readonly Child[] | undefined {
    return behaviourOf(call.type).children?.(this.plain(call));
  }

  /** What a remote component answers to the program. */
  componentOutputs(call: Call, child: ChildLookup): Properties {
    return behaviourOf(call.type).componentOutputs?.(this.plain(call), child) ?? {};
  }

  /** Keys of the children that every output of a remote component depends on. */
  outputDependencies(call: Call): readonly string[] {
    return behaviourOf(call.type).outputDependencies?.(this.plain(call)) ?? [];
  }

  /** @param resources what exists at the moment of the call */
  invoke(token: string, inputs: Properties, resources: readonly CloudResource[] = []): Properties {
    return invokeOf(token)(inputs, { account: this.account, resources });
  }

  /** Seconds of the provider's calls; nothing for a component, which is as long as its children. */
  seconds(resource: Call & Pick<Resource, "custom">): Seconds {
    if (!resource.custom) return { create: 0, delete: 0 };
    const { duration } = behaviourOf(resource.type);
    return typeof duration === "function" ? duration(this.plain(resource)) : durations[duration];
  }

  charges(resource: Call & Pick<Resource, "custom">): readonly Charge[] {
    if (!resource.custom) return [];
    const charges = behaviourOf(resource.type).charges?.(this.plain(resource)) ?? [];
    return charges.map(inCents);
  }

  /** Pods that a resource asks nodes for. */
  pods(resource: Resource, all: readonly Resource[]): readonly Pods[] {
    return resource.custom ? (behaviourOf(resource.type).pods?.(resource, all) ?? []) : [];
  }

  private plain({ type, name, inputs }: Call): CreateCall {
    return {
      type,
      name,
      inputs: reveal(inputs) as Properties,
      account: this.account,
      hash: hashOf(name),
    };
  }
}

/**
 * Of what there can be only one: the type and the values that tell its resources apart. Undefined
 * where the cloud makes as many as it is asked to.
 */
export function identityOf({ type, inputs }: Call): string | undefined {
  const plain = reveal(inputs);
  const values = (behaviourOf(type).identity ?? [])
    .map((path) => at(plain, path))
    .filter((value) => value !== undefined);
  return values.length === 0 ? undefined : `${type} ${values.map(String).join("/")}`;
}
