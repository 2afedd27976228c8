import { controllerMade } from "../../simulation/account/controllers";
import { controllerLeftovers, type Leftover } from "../../simulation/account/leftovers";
import { takenAlong } from "../../simulation/account/relations";
import type { Call, Span } from "../../simulation/cloud/behaviour";
import { behaviourOf } from "../../simulation/cloud/behaviours";
import { type Cloud, identityOf } from "../../simulation/cloud/cloud";
import type { Properties, Resource } from "../../simulation/resource";
import { type AccountResource, existsInCloud, keyOf } from "./account-resource";
import { CloudError, type FaultSource, NotReadyError } from "./cloud-errors";
import { type AccountView, whyNotCreated, whyNotDeleted, whyNotReady } from "./refusals";
import { Timeline } from "./timeline";

const NO_FAULTS: FaultSource = { take: () => undefined };

/**
 * The simulated account: what exists in it and when it came and went. It lives in this process and
 * outlives every CLI that works on it.
 */
export class SimulatedAccount implements AccountView {
  faults: FaultSource = NO_FAULTS;
  /** Called as each operation begins and ends. */
  onOperation: (moment: "begins" | "ends", urn: string) => void = () => undefined;
  defaultTags: Properties = {};
  readonly timeline: Timeline;
  private readonly existing = new Map<string, AccountResource>();
  private readonly usedIds = new Set<string>();
  private readonly made = new Map<string, Span>();
  private readonly deletions = new Map<string, Span>();
  /** What a state has told of each resource: parents, dependencies and options. */
  private readonly graph = new Map<string, Resource>();
  private beforeKill: ReadonlyMap<string, AccountResource> = new Map();
  private readonly beforeCutOff = new Map<string, AccountResource>();
  /** How often each image's source has changed. */
  private readonly sourceChanges = new Map<string, number>();

  constructor(
    readonly cloud: Cloud,
    now = 0,
  ) {
    this.timeline = new Timeline(now);
  }

  /** A copy, to try something on. */
  clone(): SimulatedAccount {
    const copy = new SimulatedAccount(this.cloud, this.timeline.now);
    copy.defaultTags = this.defaultTags;
    for (const key of ["existing", "made", "deletions", "graph", "sourceChanges"] as const) {
      this[key].forEach((value, urn) => {
        (copy[key] as Map<string, unknown>).set(urn, value);
      });
    }
    this.usedIds.forEach((id) => copy.usedIds.add(id));
    return copy;
  }

  create(urn: string, call: Call): Promise<AccountResource> {
    this.onOperation("begins", urn);
    const fault = this.faults.take("create", urn);
    return this.timeline.perform(this.seconds(call).create, (span) => {
      this.onOperation("ends", urn);
      const refused = whyNotCreated({ ...call, urn, id: "", outputs: call.inputs }, this);
      if (refused) throw new CloudError(refused);
      if (fault === "nothing made") throw new CloudError("injected fault: nothing was made");
      const resource = this.add(urn, call, span);
      const reason =
        fault === "not ready" ? "injected fault: made, but not ready" : whyNotReady(resource, this);
      if (reason) throw new NotReadyError(resource, reason);
      return resource;
    });
  }

  read(type: string, id: string): AccountResource | undefined {
    return this.existing.get(keyOf(type, id));
  }

  /** An update is taken to last as long as a create. */
  update(urn: string, call: Call, id: string): Promise<AccountResource> {
    this.onOperation("begins", urn);
    return this.timeline.perform(this.seconds(call).create, () => {
      this.onOperation("ends", urn);
      const old = this.read(call.type, id);
      if (!old) throw new CloudError(`${call.type} ${id} not found`);
      if (old.locked) {
        throw new CloudError("another operation (install/upgrade/rollback) is in progress");
      }
      const made = this.cloud.create({ ...call, name: old.nameOfId });
      const outputs = { ...made.outputs, ...this.built(call) };
      const resource = { ...old, inputs: call.inputs, outputs };
      this.existing.set(keyOf(call.type, id), resource);
      const reason = whyNotReady(resource, this);
      if (reason) throw new NotReadyError(resource, reason);
      return resource;
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
      const resource = this.read(call.type, id);
      const refused = resource
        ? whyNotDeleted(resource, this)
        : behaviourOf(call.type).whenAlreadyGone;
      if (refused) {
        this.deletions.delete(urn);
        throw new CloudError(refused);
      }
      if (resource) this.remove(resource, span);
    });
  }

  /** The CLI is about to be killed: remembers what exists, to tell later what was cut off. */
  callerKilled(): void {
    this.beforeKill = new Map(this.existing);
  }

  /** Ends all calls that have begun. Helm ran inside the killed process, so its release is locked. */
  settle(): void {
    this.timeline.settle();
    for (const [key, resource] of this.existing) {
      const old = this.beforeKill.get(key);
      if (old === resource || !behaviourOf(resource.type).lockedWhenCutOff) continue;
      this.existing.set(key, { ...resource, locked: true });
      if (old) this.beforeCutOff.set(key, old);
    }
  }

  /** `helm rollback`, or `helm uninstall` where nothing was deployed before: its name. */
  repairRelease(release: AccountResource): "helm rollback" | "helm uninstall" {
    const key = keyOf(release.type, release.id);
    const before = this.beforeCutOff.get(key);
    if (before) this.existing.set(key, before);
    else this.existing.delete(key);
    return before ? "helm rollback" : "helm uninstall";
  }

  /** Somebody edits the source of an image: its next build has another digest. */
  changeSource(imageName: string): void {
    this.sourceChanges.set(imageName, (this.sourceChanges.get(imageName) ?? 0) + 1);
  }

  /** The outputs that follow from changed source; none where nobody has changed it. */
  built(call: Call): Properties {
    const changes = this.sourceChanges.get(call.name);
    const names = behaviourOf(call.type).outputsOfSource ?? [];
    if (changes === undefined) return {};
    const name = `${call.name} after ${changes} changes`;
    const { outputs } = this.cloud.create({ ...call, name });
    return Object.fromEntries(names.map((output) => [output, outputs[output]]));
  }

  invoke(token: string, inputs: Properties): Properties {
    return this.cloud.invoke(token, inputs, this.all());
  }

  all(): readonly AccountResource[] {
    return [...this.existing.values()];
  }

  isBeingDeleted(urn: string): boolean {
    return this.deletions.has(urn);
  }

  /** Takes parents, dependencies and options from the state; inputs there are encrypted, so not those. */
  observe(resources: readonly Resource[]): void {
    for (const resource of resources) {
      this.graph.set(resource.urn, { ...resource, ...this.known(resource.urn) });
    }
  }

  /** The inputs that a resource was last given in the account. */
  known(urn: string): { readonly inputs?: Properties } {
    const resource = this.all().find((each) => each.urn === urn);
    return resource ? { inputs: resource.inputs } : {};
  }

  inNetwork(): string | undefined {
    const inside = this.controllerObjects().find(
      ({ kind }) => kind === "NetworkInterface" || kind === "Node",
    );
    return inside && `${inside.kind} ${inside.name}`;
  }

  /** Everything that exists in the cloud; what exists in the state only does not count. */
  inventory(): string[] {
    const resources = this.all()
      .filter(({ type }) => existsInCloud(type))
      .map(({ type, id }) => `${type} ${id}`);
    const objects = this.controllerObjects().map(
      ({ kind, name, reason }) => `${kind} ${name}: ${reason}`,
    );
    return [...resources, ...objects].sort();
  }

  /** What controllers have made, and is there now. */
  private controllerObjects(): readonly Leftover[] {
    const resources = [...this.graph.values()];
    const made = controllerMade(resources, this.made, this.cloud);
    return controllerLeftovers(resources, made, this.deletions);
  }

  private seconds(call: Call) {
    return this.cloud.seconds({ ...call, custom: true });
  }

  private add(urn: string, call: Call, span: Span): AccountResource {
    const identity = identityOf(call);
    const puts = behaviourOf(call.type).createPutsInPlace === true;
    if (!puts && identity && this.all().some((other) => identityOf(other) === identity)) {
      throw new CloudError(`${identity} already exists`);
    }
    const { id, outputs, nameOfId } = this.unusedId(call, puts);
    const all = { ...outputs, ...this.built(call) };
    const resource = { ...call, urn, id, outputs: all, nameOfId, locked: false };
    this.existing.set(keyOf(call.type, id), resource);
    this.usedIds.add(keyOf(call.type, id));
    this.made.set(urn, span);
    this.deletions.delete(urn);
    return resource;
  }

  /** AWS gives no id out twice, except where the id is a name: then it is the same for any call. */
  private unusedId(call: Call, puts: boolean) {
    let nameOfId = call.name;
    let made = this.cloud.create(call);
    for (let count = 2; !puts && this.usedIds.has(keyOf(call.type, made.id)); count++) {
      const name = `${call.name} (${count})`;
      const other = this.cloud.create({ ...call, name });
      if (other.id === made.id) break;
      made = other;
      nameOfId = name;
    }
    return { ...made, nameOfId };
  }

  private remove(resource: AccountResource, span: Span): void {
    const along = takenAlong(resource, this.all());
    this.existing.delete(keyOf(resource.type, resource.id));
    for (const [other, how] of along) {
      this.existing.delete(keyOf(other.type, other.id));
      if (how === "deletes") this.deletions.set(other.urn, span);
    }
  }
}
