import { setTimeout as delay } from "node:timers/promises";
import { takenAlong } from "../../simulation/account/relations";
import type { Call, CloudResource } from "../../simulation/cloud/behaviour";
import { behaviourOf } from "../../simulation/cloud/behaviours";
import { type Cloud, identityOf } from "../../simulation/cloud/cloud";
import { LOG_GROUP, logGroupOf } from "../../simulation/cloud/cloudwatch";
import type { Properties } from "../../simulation/resource";
import type { ControllerAccount, ControllerObject } from "../cluster/auto-mode/controller-account";
import { type AccountResource, existsInCloud, keyOf } from "./account-resource";
import { CloudError, type FaultSource, NotReadyError } from "./cloud-errors";
import { type AccountView, whyNotCreated, whyNotDeleted, whyNotReady } from "./refusals";

const NO_FAULTS: FaultSource = { take: () => undefined };

/** What the account tells the Kubernetes cluster that stands for its EKS cluster. */
export interface ClusterEvents {
  /** The EKS cluster is made: an empty one answers, and its controllers are at work. */
  created(): Promise<void>;
  /** The EKS cluster is deleted, with its controllers: what they have made in the account stays. */
  deleted(): Promise<void>;
  /** A wait of the program is over, such as that for volumes to be gone. */
  waited(): Promise<void>;
}

/** Of an account whose cluster nobody looks into. */
const NO_EVENTS: ClusterEvents = {
  created: () => Promise.resolve(),
  deleted: () => Promise.resolve(),
  waited: () => Promise.resolve(),
};

/**
 * The simulated AWS account: what exists in it. It lives in this process and outlives every CLI that
 * works on it. What is on Kubernetes is on a real one, so it is not in here; what controllers make in
 * the account for it is. There is no clock: a call is answered at once,
 * but for the deletes that a provider tries again.
 */
export class SimulatedAccount implements AccountView, ControllerAccount {
  faults: FaultSource = NO_FAULTS;
  /** Called as each operation begins and ends. */
  onOperation: (moment: "begins" | "ends", urn: string) => void = () => undefined;
  defaultTags: Properties = {};
  private readonly existing = new Map<string, AccountResource>();
  private readonly controllerObjects = new Map<string, ControllerObject>();
  private readonly usedIds = new Set<string>();
  private readonly beingDeleted = new Set<string>();
  /** How often each image's source has changed. */
  private readonly sourceChanges = new Map<string, number>();
  /** How often each random value was made. */
  private readonly draws = new Map<string, number>();
  /** Log groups of deleted clusters whose last logs are under way: nobody has waited since. */
  private readonly awaitedLogs = new Set<string>();
  private readonly inFlight = new Set<Promise<unknown>>();

  constructor(
    readonly cloud: Cloud,
    private readonly cluster: ClusterEvents = NO_EVENTS,
  ) {}

  create(urn: string, call: Call): Promise<AccountResource> {
    const fault = this.faults.take("create", urn);
    return this.operation(urn, async () => {
      const refused = whyNotCreated({ ...call, urn, id: "", outputs: call.inputs }, this);
      if (refused) throw new CloudError(refused);
      if (fault === "nothing made") throw new CloudError("injected fault: nothing was made");
      const resource = this.add(urn, call);
      if (call.type === EKS_CLUSTER) await this.cluster.created();
      const reason =
        fault === "not ready" ? "injected fault: made, but not ready" : whyNotReady(resource, this);
      if (reason) throw new NotReadyError(resource, reason);
      return resource;
    });
  }

  read(type: string, id: string): AccountResource | undefined {
    return this.existing.get(keyOf(type, id));
  }

  update(urn: string, call: Call, id: string): Promise<AccountResource> {
    return this.operation(urn, () => {
      const old = this.read(call.type, id);
      if (!old) throw new CloudError(`${call.type} ${id} not found`);
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
    const fault = this.faults.take("delete", urn);
    if (!fault) this.beingDeleted.add(urn);
    return this.operation(urn, async () => {
      try {
        if (fault) throw new CloudError("injected fault: the delete was refused");
        if (call.type === SLEEP) {
          this.awaitedLogs.clear();
          await this.cluster.waited();
        }
        const resource = this.read(call.type, id);
        if (!resource) return;
        await this.outOfUse(resource);
        const refused = whyNotDeleted(resource, this);
        if (refused) throw new CloudError(refused);
        this.forget(resource);
        if (call.type === LOG_GROUP) this.writeLateLogs(id);
        if (call.type === EKS_CLUSTER) {
          const logs = logGroupOf(resource);
          if (logs !== undefined) this.awaitedLogs.add(logs);
          await this.cluster.deleted();
        }
      } finally {
        this.beingDeleted.delete(urn);
      }
    });
  }

  /** Waits until every call that has begun is through: its caller may be gone by then. */
  async settle(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled(this.inFlight);
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

  /** Whether its update gives other outputs of its source, which no preview can know. */
  buildsAnew(call: Call, old: Properties): boolean {
    const { outputs } = this.cloud.create(call);
    const names = behaviourOf(call.type).outputsOfSource ?? [];
    const isOther = names.some((output) => outputs[output] !== old[output]);
    return isOther || Object.keys(this.built(call)).length > 0;
  }

  invoke(token: string, inputs: Properties): Properties {
    return this.cloud.invoke(token, inputs, this.all());
  }

  all(): readonly AccountResource[] {
    return [...this.existing.values()];
  }

  isBeingDeleted(urn: string): boolean {
    return this.beingDeleted.has(urn);
  }

  put(object: ControllerObject): void {
    this.controllerObjects.set(`${object.kind} ${object.name}`, object);
  }

  remove(kind: string, name: string): void {
    this.controllerObjects.delete(`${kind} ${name}`);
  }

  inNetwork(): string | undefined {
    const inside = [...this.controllerObjects.values()].find(({ inVpc }) => inVpc);
    return inside && `${inside.kind} ${inside.name}`;
  }

  inUseBy({ outputs: { arn } }: CloudResource): string | undefined {
    const user = [...this.controllerObjects.values()].find(
      ({ uses }) => uses !== undefined && uses === arn,
    );
    return user && `${user.kind} ${user.name}`;
  }

  /** Everything that exists in the cloud; what exists in the state only does not count. */
  inventory(): string[] {
    const resources = this.all()
      .filter(({ type }) => existsInCloud(type))
      .map(({ type, id }) => `${type} ${id}`);
    const objects = [...this.controllerObjects.values()].map(
      ({ kind, name, reason }) => `${kind} ${name}: ${reason}`,
    );
    return [...resources, ...objects].sort();
  }

  /** Somebody takes away by hand what nothing else will: everything that controllers have left. */
  clearControllerObjects(): void {
    this.controllerObjects.clear();
  }

  /** EKS writes to a group that is gone by making it. */
  private writeLateLogs(name: string): void {
    if (!this.awaitedLogs.has(name)) return;
    const reason = "EKS made it anew for logs that came after its end";
    this.put({ kind: "LogGroup", name, inVpc: false, reason });
  }

  /** The provider tries again for a time: a listener is gone a moment after its Ingress says so. */
  private async outOfUse(resource: AccountResource): Promise<void> {
    for (let tries = 0; tries < 20 && this.inUseBy(resource) !== undefined; tries++) {
      await delay(100);
    }
  }

  private operation<T>(urn: string, perform: () => T | Promise<T>): Promise<T> {
    this.onOperation("begins", urn);
    const call = new Promise((resolve) => setImmediate(resolve)).then(perform).finally(() => {
      this.inFlight.delete(call);
      this.onOperation("ends", urn);
    });
    this.inFlight.add(call);
    return call;
  }

  private add(urn: string, call: Call): AccountResource {
    const identity = identityOf(call);
    const puts = behaviourOf(call.type).createPutsInPlace === true;
    if (!puts && identity && this.all().some((other) => identityOf(other) === identity)) {
      throw new CloudError(`${identity} already exists`);
    }
    const { id, outputs, nameOfId } = this.unusedId(call, puts);
    const all = { ...outputs, ...this.built(call) };
    const resource = { ...call, urn, id, outputs: all, nameOfId };
    this.existing.set(keyOf(call.type, id), resource);
    this.usedIds.add(keyOf(call.type, id));
    return resource;
  }

  /** AWS gives no id out twice, except where the id is a name: then it is the same for any call. */
  private unusedId(call: Call, puts: boolean) {
    const { hasRandomOutputs } = behaviourOf(call.type);
    const drawn = (this.draws.get(call.name) ?? 0) + 1;
    if (hasRandomOutputs) this.draws.set(call.name, drawn);
    let nameOfId = drawn > 1 ? `${call.name} (${drawn})` : call.name;
    let made = this.cloud.create({ ...call, name: nameOfId });
    for (let count = 2; !puts && this.usedIds.has(keyOf(call.type, made.id)); count++) {
      const name = `${call.name} (${count})`;
      const other = this.cloud.create({ ...call, name });
      if (other.id === made.id) break;
      made = other;
      nameOfId = name;
    }
    return { ...made, nameOfId };
  }

  private forget(resource: AccountResource): void {
    for (const other of [resource, ...takenAlong(resource, this.all()).keys()]) {
      this.existing.delete(keyOf(other.type, other.id));
    }
  }
}

const EKS_CLUSTER = "aws:eks/cluster:Cluster";
const SLEEP = "time:index/sleep:Sleep";
