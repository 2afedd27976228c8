import type { Properties, Resource } from "../resource";
import type { DurationName } from "./durations";
import type { Pods, VolumeClaim } from "./pods";
import type { Charge } from "./prices";

/** Where the simulated cloud is. */
export interface Account {
  /**
   * Whether the stack runs on a cluster that is there, outside of AWS: a load balancer then has an IP
   * address, and nothing has a price that could be known. @default it makes its own in EKS
   */
  readonly existingCluster?: true;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /**
   * Kubeconfig of a real cluster that stands for the EKS cluster of the account.
   * @default one that pulumi-eks would write for a made-up endpoint
   */
  readonly kubeconfig?: Properties;
}

/** Seconds from the call to the answer. */
export interface Seconds {
  readonly create: number;
  readonly delete: number;
}

/** Seconds since the `up` or the `destroy` began. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is to be made: a type, its name in the program, and its inputs. */
export interface Call {
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
}

/** A call as a behaviour sees it. Inputs are plain: secrets are in clear, unknown values absent. */
export interface CreateCall extends Call {
  readonly account: Account;
  /** 64 stable hexadecimal characters of the name, for made-up ids. */
  readonly hash: string;
}

/** A resource that exists, as much of it as behaviours look at. Secrets may be wrapped. */
export interface CloudResource extends Call {
  readonly urn: string;
  readonly id: string;
  readonly outputs: Properties;
  /** URN of the explicit provider, where it is known. */
  readonly provider?: string | null;
}

/**
 * Everything that the simulated cloud knows of one resource type. `npm start`, its list of what a
 * destroy leaves, and the rehearsal's account all read it from here and from nowhere else.
 */
export interface Behaviour {
  readonly duration: DurationName | ((call: CreateCall) => Seconds);
  /** Id that the cloud gives. @default the name and some of the hash */
  readonly id?: (call: CreateCall) => string;
  /** What the cloud adds to the inputs. @default nothing */
  readonly outputs?: (call: CreateCall) => Properties;
  /** The monthly bill. @default nothing */
  readonly charges?: (call: CreateCall) => readonly Charge[];

  /** Exists in the stack's state only: providers, random values, waits. @default false */
  readonly stateOnly?: true;
  /** Paths of the inputs of which there can be only one set of values. @default as many as are made */
  readonly identity?: readonly string[];
  /** A second create with the same inputs changes nothing and succeeds. @default false */
  readonly createPutsInPlace?: true;
  /** Paths of the inputs that no update can change. @default none */
  readonly replacedBy?: readonly string[] | ((wanted: Properties) => readonly string[]);
  /**
   * Whether the old one has to go before its replacement is made.
   * @default false: the replacement is made first
   */
  readonly deleteBeforeReplace?: (old: Properties, wanted: Properties) => boolean;

  /** Inputs that name other resources. @default none */
  readonly references?: readonly Reference[];
  /** What must be there for its create, beside what it refers to. @default nothing */
  readonly needs?: (resource: CloudResource, all: readonly CloudResource[]) => readonly Need[];
  /** What must stay until its delete is through. @default nothing */
  readonly needsUntilGone?: (
    resource: CloudResource,
    all: readonly CloudResource[],
  ) => readonly Need[];
  /** Resources whose creates its provider waits for beside its own. @default none */
  readonly awaits?: (
    resource: CloudResource,
    all: readonly CloudResource[],
  ) => readonly CloudResource[];
  /** Its create is only through when there is a node to run on. @default false */
  readonly runsOnNodes?: true;
  /** Pods that it asks nodes for. @default none */
  readonly pods?: (resource: CloudResource, all: readonly CloudResource[]) => readonly Pods[];
  /** Volumes that its pods claim. @default none */
  readonly claims?: (resource: CloudResource) => readonly VolumeClaim[];
  /** What controllers make for it, which no program registers. @default nothing */
  readonly controllers?: (
    resource: CloudResource,
    context: ControllerContext,
  ) => readonly ControllerObject[];

  /** The one object that its controller makes is the resource itself, so it is listed once. */
  readonly listedByController?: true;

  /** A second create gives other outputs, in the rehearsal; in `npm start` there is none. @default false */
  readonly hasRandomOutputs?: true;
  /** Outputs that follow from files of the program and not from the inputs. @default none */
  readonly outputsOfSource?: readonly string[];

  /** What is lost with it, as the end of the sentence "with it goes ...". @default nothing that up does not make again */
  readonly holds?: string;

  /** Path of the input that makes its API refuse the delete. @default none */
  readonly deletionProtection?: string;
  /** Cannot be deleted while an interface or a node is in its network. @default false */
  readonly holdsInterfaces?: true;

  /** Only for remote components: provider functions that the plugin calls. @default none */
  readonly invokes?: readonly string[];
  /** Only for remote components: what the plugin registers beneath them, in order. */
  readonly children?: (call: CreateCall) => readonly Child[];
  /** What a remote component answers to the program, from its children's outputs. */
  readonly componentOutputs?: (call: CreateCall, child: ChildLookup) => Properties;
  /** Keys of the children that each of these outputs depends on. @default those it is made from */
  readonly outputDependencies?: (call: CreateCall) => readonly string[];
  /** It registers the same as its outputs, so that the state keeps them. @default it keeps none */
  readonly registersOutputs?: true;
}

/** An input of one resource that names another: the other has to be made first. */
export interface Reference {
  /** Type of the resource that is named. */
  readonly to: string;
  /** Ends the sentence "it must be made later, because ...". */
  readonly because: string;
  readonly matches: (
    from: CloudResource,
    to: CloudResource,
    all: readonly CloudResource[],
  ) => boolean;
  /** What becomes of the delete of the resource that is named. @default it goes through */
  readonly onDelete?: OnDelete | ((to: CloudResource) => OnDelete);
}

/**
 * - `refused`: it cannot be deleted while this one is there.
 * - `deletes`: this one is deleted too, as by a call of its own, with its finalizers.
 * - `takes along`: this one is gone with it, and no controller hears of that.
 */
export type OnDelete = "refused" | "deletes" | "takes along";

/** Something that has to be there at a certain moment. */
export interface Need {
  /** Ends the sentence "it needs ...". */
  readonly what: string;
  /** Ends the sentence "it must be made later, because ...". @default it needs it */
  readonly because?: string;
  /** The resources that bring it: all of them. Empty where nothing that is known does. */
  readonly from: readonly CloudResource[];
  /**
   * The call is accepted without it, and the resource is never ready.
   * @default false: the call is refused
   */
  readonly forReadiness?: true;
  /** Nothing in the stack may bring it, because it was there before. @default false */
  readonly mayExistAlready?: true;
}

type ControllerKind =
  | "LoadBalancer"
  | "NetworkInterface"
  | "SecurityGroup"
  | "Volume"
  | "Node"
  | "Image"
  | "LogGroup"
  | "Samples";

export interface ControllerContext {
  readonly account: Account;
  readonly resources: readonly CloudResource[];
  /** Pods of the whole stack. */
  readonly pods: readonly Pods[];
}

/** Something in the account that no program registered: a controller made it for a resource. */
export interface ControllerObject {
  readonly kind: ControllerKind;
  readonly name: string;
  readonly charges: readonly Charge[];
  /**
   * When it is being made, from the span of its resource and the start of the stack's first pod.
   * @default while its resource is
   */
  readonly span?: (resource: Span, firstPod: number) => Span;
  /** Why a destroy leaves it, as one clause; undefined where it goes. */
  readonly whyKept: (destroy: DestroyRecord) => string | undefined;
}

/** Which delete calls a destroy has made, and when. */
export interface DestroyRecord {
  readonly resources: readonly CloudResource[];
  /** Its delete call; undefined where there was none: retained, left out, or never begun. */
  deletion(resource: CloudResource): Span | undefined;
  /** Why there was no delete call, as a clause about "it". */
  whyNoCall(resource: CloudResource): string;
  /** Of these resources, the one whose delete began first, if that was before a moment. */
  firstBegunBefore(moment: number, resources: readonly CloudResource[]): CloudResource | undefined;
  /** What went too early for its delete to be through; undefined where all was there. */
  missedWhileDeleting(resource: CloudResource): CloudResource | undefined;
}

/** A resource that a remote component registers. */
export interface Child {
  /** How its siblings refer to it. */
  readonly key: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Key of the parent. @default the component itself */
  readonly parent?: string;
  /** Keys of the siblings that it depends on beside those that its inputs are made from. */
  readonly dependsOn: readonly string[];
  /** Inputs of the component whose dependencies are its own too. @default none */
  readonly dependsOnInputs?: readonly string[];
  readonly inputs: (child: ChildLookup) => Properties;
  /** What its component registers as its outputs. @default nothing */
  readonly registeredOutputs?: (child: ChildLookup) => Properties;
  readonly ignoreChanges?: readonly string[];
}

/** Outputs of a sibling, its id and its URN among them. */
export type ChildLookup = (
  key: string,
) => Properties & { readonly id: string; readonly urn: string };

/** Name and kind of a resource, for sentences: `Cluster cluster-eksCluster`. */
export const shortName = ({ type, name }: Pick<Resource, "type" | "name">): string =>
  `${type.slice(type.lastIndexOf(":") + 1)} ${name}`;
