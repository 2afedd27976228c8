import type { Span } from "../../simulation/account/up-schedule";
import type { Call, Cloud } from "../../simulation/cloud/cloud";
import { type ControllerMade, controllerMade } from "../../simulation/account/controllers";
import { type Leftover, leftovers } from "../../simulation/account/leftovers";
import { at, hashOf, type Properties, type Resource } from "../../simulation/resource";
import { identityOf, isPut, whyNotCreated, whyNotDeleted, whyNotReady } from "./rules";
import { goesWith, isReal, isRelease, keyOf, type Thing } from "./things";
import { Timeline } from "./timeline";

/** What a provider answers when the cloud refuses. */
export class CloudError extends Error {}

/** The object is there, and it is not ready: its provider gives what it has, and the reason. */
export class NotReadyError extends CloudError {
  constructor(
    readonly thing: Thing,
    reason: string,
  ) {
    super(reason);
  }
}

/** Decides whether a call fails on purpose. */
export interface FaultSource {
  take(operation: "create" | "delete", urn: string): "nothing made" | "not ready" | undefined;
}

const NO_FAULTS: FaultSource = { take: () => undefined };

/**
 * The simulated account: what exists in it and when it came and went. It lives in this process and
 * outlives every CLI that works on it.
 */
export class SimulatedAccount {
  faults: FaultSource = NO_FAULTS;
  /** Called as each operation begins and ends. */
  onOperation: (moment: "begins" | "ends", urn: string) => void = () => undefined;
  defaultTags: Properties = {};
  readonly timeline: Timeline;
  private readonly things = new Map<string, Thing>();
  private readonly usedIds = new Set<string>();
  private readonly made = new Map<string, Span>();
  private readonly deletions = new Map<string, Span>();
  /** What a state has told of each resource: parents, dependencies and options. */
  private readonly graph = new Map<string, Resource>();
  private beforeKill: ReadonlyMap<string, Thing> = new Map();
  private readonly beforeInterruption = new Map<string, Thing>();
  /** How often each image's source has changed. */
  private readonly sourceChanges = new Map<string, number>();

  constructor(
    readonly cloud: Cloud,
    now = 0,
  ) {
    this.timeline = new Timeline(now);
  }

  /** The same account once more, to try something on. */
  clone(): SimulatedAccount {
    const copy = new SimulatedAccount(this.cloud, this.timeline.now);
    copy.defaultTags = this.defaultTags;
    for (const key of ["things", "made", "deletions", "graph", "sourceChanges"] as const) {
      this[key].forEach((value, urn) => {
        (copy[key] as Map<string, unknown>).set(urn, value);
      });
    }
    this.usedIds.forEach((id) => copy.usedIds.add(id));
    return copy;
  }

  create(urn: string, call: Call): Promise<Thing> {
    this.onOperation("begins", urn);
    const fault = this.faults.take("create", urn);
    return this.timeline.perform(this.seconds(call).create, (span) => {
      this.onOperation("ends", urn);
      const refused = whyNotCreated(call, this);
      if (refused) throw new CloudError(refused);
      if (fault === "nothing made") throw new CloudError("injected fault: nothing was made");
      const thing = this.add(urn, call, span);
      const reason =
        fault === "not ready" ? "injected fault: made, but not ready" : whyNotReady(thing, this);
      if (reason) throw new NotReadyError(thing, reason);
      return thing;
    });
  }

  read(type: string, id: string): Thing | undefined {
    return this.things.get(keyOf(type, id));
  }

  /** An update is taken to last as long as a create. */
  update(urn: string, call: Call, id: string): Promise<Thing> {
    this.onOperation("begins", urn);
    return this.timeline.perform(this.seconds(call).create, () => {
      this.onOperation("ends", urn);
      const old = this.read(call.type, id);
      if (!old) throw new CloudError(`${call.type} ${id} not found`);
      if (old.interrupted) {
        throw new CloudError("another operation (install/upgrade/rollback) is in progress");
      }
      const made = this.cloud.create({ ...call, name: old.modelName });
      const outputs = { ...made.outputs, ...this.built(call) };
      const thing = { ...old, inputs: call.inputs, outputs };
      this.things.set(keyOf(call.type, id), thing);
      const reason = whyNotReady(thing, this);
      if (reason) throw new NotReadyError(thing, reason);
      return thing;
    });
  }

  delete(urn: string, call: Call, id: string): Promise<void> {
    this.onOperation("begins", urn);
    const fault = this.faults.take("delete", urn);
    const seconds = this.seconds(call).delete;
    const { now } = this.timeline;
    if (!fault) this.deletions.set(urn, { start: now, end: now + seconds });
    return this.timeline.perform(seconds, (span) => {
      this.onOperation("ends", urn);
      if (fault) throw new CloudError("injected fault: the delete was refused");
      const thing = this.read(call.type, id);
      const refused = thing
        ? whyNotDeleted(thing, this)
        : call.type.endsWith(":Release") && "uninstall: release: not found";
      if (refused) {
        this.deletions.delete(urn);
        throw new CloudError(refused);
      }
      if (thing) this.remove(thing, span);
    });
  }

  /** From now on nobody hears the answers. */
  callerKilled(): void {
    this.beforeKill = new Map(this.things);
  }

  /** The cloud goes on without its caller; only Helm, which ran inside it, was cut off. */
  settle(): void {
    this.timeline.settle();
    for (const [where, thing] of this.things) {
      const old = this.beforeKill.get(where);
      if (old === thing || !isRelease(thing)) continue;
      this.things.set(where, { ...thing, interrupted: true });
      if (old) this.beforeInterruption.set(where, old);
    }
  }

  /** `helm rollback`, or `helm uninstall` where nothing was deployed before: its name. */
  repairRelease(release: Thing): "helm rollback" | "helm uninstall" {
    const where = keyOf(release.type, release.id);
    const before = this.beforeInterruption.get(where);
    if (before) this.things.set(where, before);
    else this.things.delete(where);
    return before ? "helm rollback" : "helm uninstall";
  }

  /** Somebody edits the source of an image: its next build has another digest. */
  changeSource(imageName: string): void {
    this.sourceChanges.set(imageName, (this.sourceChanges.get(imageName) ?? 0) + 1);
  }

  /** What a build of the image's source gives now; nothing for other types. */
  built(call: Call): Properties {
    const changes = this.sourceChanges.get(call.name);
    if (!call.type.startsWith("docker-build:") || changes === undefined) return {};
    const contextHash = hashOf(`${call.name} after ${changes} changes`);
    return { digest: `sha256:${contextHash}`, contextHash };
  }

  invoke(token: string, inputs: Properties): Properties {
    const answer = this.cloud.invoke(token, inputs);
    // The model tells a table from its subnet's name; what is really associated goes first.
    const association = [...this.things.values()].find(
      (thing) =>
        thing.type.endsWith(":RouteTableAssociation") &&
        at(thing.inputs, "subnetId") === inputs.subnetId,
    );
    const routeTableId = association && at(association.inputs, "routeTableId");
    return "routeTableId" in answer && routeTableId ? { ...answer, routeTableId } : answer;
  }

  all(): readonly Thing[] {
    return [...this.things.values()];
  }

  isBeingDeleted(urn: string): boolean {
    return this.deletions.has(urn);
  }

  /** Learns what only the state knows; inputs are the account's own, for the state's are encrypted. */
  observe(resources: readonly Resource[]): void {
    for (const resource of resources) {
      this.graph.set(resource.urn, { ...resource, ...this.known(resource.urn) });
    }
  }

  /** The inputs that a resource was last given in the account. */
  known(urn: string): { readonly inputs?: Properties } {
    const thing = this.all().find((each) => each.urn === urn);
    return thing ? { inputs: thing.inputs } : {};
  }

  /** What controllers have made, and what of it is there now. */
  controllerObjects(): {
    readonly made: readonly ControllerMade[];
    readonly now: readonly Leftover[];
  } {
    const resources = [...this.graph.values()];
    const made = controllerMade(resources, this.made, this.cloud);
    return { made, now: leftovers(resources, made, this.deletions) };
  }

  /** Everything that is still there and matters: what has no existence outside the state does not. */
  inventory(): string[] {
    const things = this.all()
      .filter(({ type }) => isReal(type))
      .map(({ type, id }) => `${type} ${id}`);
    const objects = this.controllerObjects().now.map(
      ({ kind, name, reason }) => `${kind} ${name}: ${reason}`,
    );
    return [...things, ...objects].sort();
  }

  private seconds(call: Call) {
    return this.cloud.seconds({ ...call, custom: true });
  }

  private add(urn: string, call: Call, span: Span): Thing {
    const identity = identityOf(call);
    if (identity && this.all().some((other) => identityOf(other) === identity)) {
      throw new CloudError(`${identity} already exists`);
    }
    let modelName = call.name;
    let made = this.cloud.create(call);
    for (let count = 2; this.isTaken(call, made.id, identity); count++) {
      modelName = `${call.name} (${count})`;
      made = this.cloud.create({ ...call, name: modelName });
    }
    const outputs = { ...made.outputs, ...this.built(call) };
    const thing = { ...call, urn, id: made.id, outputs, modelName, interrupted: false };
    this.things.set(keyOf(call.type, made.id), thing);
    this.usedIds.add(keyOf(call.type, made.id));
    this.made.set(urn, span);
    this.deletions.delete(urn);
    return thing;
  }

  /** AWS never gives an id out twice. */
  private isTaken(call: Call, id: string, identity: string | undefined): boolean {
    const byName = identity !== undefined && !call.type.startsWith("aws:ec2/");
    return !byName && !isPut(call.type) && this.usedIds.has(keyOf(call.type, id));
  }

  private remove(thing: Thing, span: Span): void {
    this.things.delete(keyOf(thing.type, thing.id));
    for (const other of this.all().filter((each) => goesWith(each, thing))) {
      this.things.delete(keyOf(other.type, other.id));
      // A namespace deletes what is in it as anybody would: finalizers and all.
      if (thing.type.endsWith(":Namespace")) this.deletions.set(other.urn, span);
    }
  }
}
