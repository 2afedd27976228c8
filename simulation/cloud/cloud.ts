import { awsBehaviours, invokes } from "./aws";
import { durations } from "./durations";
import { kubernetesBehaviours } from "./kubernetes";
import { clusterComponent } from "./eks-cluster";
import { vpcComponent } from "./awsx-vpc";
import type {
  Account,
  Behaviour,
  Child,
  ChildLookup,
  Making,
  Properties,
  Resource,
  Seconds,
} from "../resource";
import { reveal, hashOf } from "../resource";
import { cents, type Charge } from "./prices";

const behaviours: Readonly<Record<string, Behaviour>> = {
  ...awsBehaviours,
  ...kubernetesBehaviours,
  "awsx:ec2:Vpc": vpcComponent,
  "eks:index:Cluster": clusterComponent,
};

/** A call of the simulated cloud: what is made, by type and name, from which inputs. */
export interface Call {
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
}

/**
 * The simulated AWS account and its Kubernetes cluster: one model, whoever drives it. It answers
 * what a resource type outputs, how long it takes, what it costs and what a component is made of.
 *
 * A type or an invoke that it does not know is an error and never a guess.
 */
export class Cloud {
  constructor(readonly account: Account) {}

  /** The account that a stack's configuration names, by the region that it is in. */
  static of(config: Readonly<Record<string, string>>): Cloud {
    return new Cloud({ region: config["aws:region"] ?? "us-east-1", accountId: "123456789012" });
  }

  /** Id and outputs as the provider answers; outputs hold the inputs, secrets still wrapped. */
  create(call: Call): { readonly id: string; readonly outputs: Properties } {
    const behaviour = behaviourOf(call.type);
    const making = this.making(call);
    const id = behaviour.id?.(making) ?? `${call.name}-${making.hash.slice(0, 7)}`;
    return { id, outputs: { ...call.inputs, ...behaviour.outputs?.(making) } };
  }

  /** What a remote component registers beneath it, in order; undefined for anything else. */
  children(call: Call): readonly Child[] | undefined {
    return behaviourOf(call.type).children?.(this.making(call));
  }

  componentOutputs(call: Call, child: ChildLookup): Properties {
    return behaviourOf(call.type).componentOutputs?.(this.making(call), child) ?? {};
  }

  invoke(token: string, inputs: Properties): Properties {
    const answer = invokes[token];
    if (!answer) throw new Error(`the simulated cloud does not know the invoke ${token}`);
    return answer(inputs, this.account);
  }

  /** Seconds of the provider's calls; nothing for a component, which is as long as its children. */
  seconds(resource: Call & Pick<Resource, "custom">): Seconds {
    if (!resource.custom) return { create: 0, delete: 0 };
    const { duration } = behaviourOf(resource.type);
    return typeof duration === "function" ? duration(this.making(resource)) : durations[duration];
  }

  charges(resource: Resource): readonly Charge[] {
    if (!resource.custom) return [];
    const charges = behaviourOf(resource.type).charges?.(this.making(resource)) ?? [];
    return charges.map((charge) => ({ ...charge, monthlyUsd: cents(charge.monthlyUsd) }));
  }

  private making(call: Call): Making {
    return {
      type: call.type,
      name: call.name,
      inputs: reveal(call.inputs) as Properties,
      account: this.account,
      hash: hashOf(call.name),
    };
  }
}

function behaviourOf(type: string): Behaviour {
  const behaviour = behaviours[type];
  if (!behaviour) throw new Error(`the simulated cloud does not know the resource type ${type}`);
  return behaviour;
}
