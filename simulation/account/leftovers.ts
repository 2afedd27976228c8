import type { Span } from "./up-schedule";
import type { ControllerMade } from "./controllers";
import { durations } from "../cloud/durations";
import { claimsOf } from "../cloud/pods";
import { cents } from "../cloud/prices";
import { at, type Resource, reveal } from "../resource";

/** Something that a destroy leaves in the account. */
export interface Leftover {
  readonly kind: string;
  readonly name: string;
  readonly because: string;
  /** One sentence: why nothing took it away. */
  readonly reason: string;
  readonly monthlyUsd: number;
}

/** When each resource's delete began and ended. No span: it was never deleted. */
export type Deletions = ReadonlyMap<string, Span>;

/**
 * What a destroy leaves behind, given when each delete began and ended, in whatever order. The
 * rules are those of the controllers: load balancers go by their Ingress' finalizer while class and
 * cluster are there, volumes some time after their claims while the cluster is there.
 */
export function leftovers(
  resources: readonly Resource[],
  made: readonly ControllerMade[],
  deletions: Deletions,
): Leftover[] {
  const account = new DestroyedAccount(resources, deletions);
  const kept = made.flatMap((object) => {
    const reason = account.whyKept(object);
    return reason === undefined ? [] : [leftover(object, reason)];
  });
  const stuck = resources.flatMap((resource) => {
    const reason = account.whyStuck(resource, kept);
    const { type: kind, name, urn } = resource;
    return reason === undefined ? [] : [{ kind, name, because: urn, reason, monthlyUsd: 0 }];
  });
  return [...kept, ...stuck];
}

function leftover({ kind, name, because, charges }: ControllerMade, reason: string): Leftover {
  const monthlyUsd = cents(charges.reduce((sum, charge) => sum + charge.monthlyUsd, 0));
  return { kind, name, because, reason, monthlyUsd };
}

class DestroyedAccount {
  private readonly byUrn: ReadonlyMap<string, Resource>;

  constructor(
    private readonly resources: readonly Resource[],
    private readonly deletions: Deletions,
  ) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  /** Why an object that a controller made is still there; undefined when it is gone. */
  whyKept(made: ControllerMade): string | undefined {
    const owner = this.byUrn.get(made.because);
    if (!owner) throw new Error(`${made.because} made a ${made.kind} and was never registered`);
    switch (made.kind) {
      case "Volume":
        return this.whyVolumeKept(owner, made);
      case "Image":
        return this.whyImageKept(owner);
      case "LogGroup":
        return "EKS makes the log group itself and deletes it never";
      case "Node":
        return this.gone(owner) ? undefined : "the cluster was never deleted";
      case "LoadBalancer":
      case "NetworkInterface":
      case "SecurityGroup":
        return owner.type === "aws:eks/cluster:Cluster"
          ? this.gone(owner)
            ? undefined
            : "the cluster was never deleted"
          : this.whyLoadBalancerKept(owner);
    }
  }

  /** Why a resource itself could not be deleted, or is kept by a retainOnDelete that nothing covers. */
  whyStuck(resource: Resource, kept: readonly Leftover[]): string | undefined {
    if (!resource.custom) return undefined;
    if (resource.type.startsWith("kubernetes:")) return this.whyObjectStuck(resource);
    if (resource.type === "aws:ecr/repository:Repository") {
      const full = this.imagesOf(resource).length > 0 && this.gone(resource);
      const forced = at(resource.inputs, "forceDelete") === true;
      return full && !forced ? "it still holds images and forceDelete is off" : undefined;
    }
    if (resource.type === "aws:ec2/vpc:Vpc") {
      const inside = kept.find(({ kind }) => kind === "NetworkInterface" || kind === "Node");
      return inside && `${inside.kind} ${inside.name} is still in it`;
    }
    const billed = resource.type.startsWith("aws:");
    return resource.retainOnDelete && billed ? "it has retainOnDelete" : undefined;
  }

  private whyLoadBalancerKept(ingress: Resource): string | undefined {
    const removal = this.deletion(ingress);
    if (!removal) return "its Ingress was never deleted";
    const className = at(reveal(ingress.inputs), "spec.ingressClassName");
    const needed = this.resources.filter(
      ({ type, inputs }) =>
        (type === "kubernetes:networking.k8s.io/v1:IngressClass" &&
          at(inputs, "metadata.name") === className) ||
        type === "kubernetes:eks.amazonaws.com/v1:IngressClassParams" ||
        isGroundOfNodes(type),
    );
    const early = this.firstBefore(removal.end, needed);
    return (
      early && `${shortType(early)} ${early.name} was being deleted before its Ingress was gone`
    );
  }

  private whyVolumeKept(release: Resource, made: ControllerMade): string | undefined {
    const claim = claimsOf(release).find(({ name }) => name === made.name);
    if (!claim) throw new Error(`volume ${made.name} has no claim`);
    const storageClass = this.resources.find(
      ({ type, inputs }) =>
        type === "kubernetes:storage.k8s.io/v1:StorageClass" &&
        at(inputs, "metadata.name") === claim.storageClassName,
    );
    if (storageClass && at(storageClass.inputs, "reclaimPolicy") !== "Delete") {
      return `StorageClass ${claim.storageClassName} does not have reclaimPolicy Delete`;
    }
    const namespace = this.namespaceOf(release);
    const ends = [
      ...(claim.deletedWithRelease ? [this.deletion(release)?.end] : []),
      ...(namespace ? [this.deletion(namespace)?.end] : []),
    ].filter((end) => end !== undefined);
    if (ends.length === 0)
      return "its claim outlives the release, and nothing deletes the namespace";
    const volumeGone = Math.min(...ends) + durations.volumeRelease.delete;
    const clusters = this.resources.filter(({ type }) => type === "aws:eks/cluster:Cluster");
    const early = this.firstBefore(volumeGone, clusters);
    if (!early) return undefined;
    const seconds = volumeGone - this.begins(early);
    return `the cluster's deletion began ${seconds} s before the volume was gone`;
  }

  private whyImageKept(image: Resource): string | undefined {
    if (this.gone(image)) return undefined;
    const repository = this.resources.find(
      (resource) =>
        resource.type === "aws:ecr/repository:Repository" &&
        this.imagesOf(resource).includes(image),
    );
    const covered =
      repository && this.gone(repository) && at(repository.inputs, "forceDelete") === true;
    return covered ? undefined : "nothing deletes its repository by force";
  }

  /** An object whose API server or node is already going cannot be deleted: the destroy stops there. */
  private whyObjectStuck(object: Resource): string | undefined {
    const removal = this.deletion(object);
    if (!removal) return undefined;
    const ground = this.resources.filter(({ type }) => isGroundOfNodes(type));
    const early = this.firstBefore(removal.end, ground);
    if (early) return `${shortType(early)} ${early.name} was being deleted before it was gone`;
    const namespace = this.namespaceOf(object);
    const isRelease = object.type === "kubernetes:helm.sh/v3:Release";
    if (isRelease && namespace && this.begins(namespace) < removal.end) {
      return `Namespace ${namespace.name} was being deleted before it, and Helm's own record with it`;
    }
    return undefined;
  }

  /** Of these resources, the one whose delete began first, if that was before a moment. */
  private firstBefore(moment: number, resources: readonly Resource[]): Resource | undefined {
    const [first] = [...resources].sort((a, b) => this.begins(a) - this.begins(b));
    return first && this.begins(first) < moment ? first : undefined;
  }

  private namespaceOf(object: Resource): Resource | undefined {
    const inputs = reveal(object.inputs);
    const name = at(inputs, "metadata.namespace") ?? at(inputs, "namespace");
    return this.resources.find(
      ({ type, inputs: other }) =>
        type === "kubernetes:core/v1:Namespace" && at(other, "metadata.name") === name,
    );
  }

  private imagesOf(repository: Resource): Resource[] {
    return this.resources.filter(
      ({ type, dependencies }) =>
        type === "docker-build:index:Image" && dependencies.includes(repository.urn),
    );
  }

  /** Retained, a resource has a step in the destroy and stays where it is. */
  private deletion(resource: Resource): Span | undefined {
    return resource.retainOnDelete ? undefined : this.deletions.get(resource.urn);
  }

  private gone(resource: Resource): boolean {
    return this.deletion(resource) !== undefined;
  }

  private begins(resource: Resource): number {
    return this.deletion(resource)?.start ?? Number.MAX_SAFE_INTEGER;
  }
}

/** Without these the API server is gone, or the nodes are cut off from it. */
const isGroundOfNodes = (type: string): boolean =>
  [
    "aws:eks/cluster:Cluster",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/route:Route",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:eks/accessEntry:AccessEntry",
  ].includes(type);

const shortType = ({ type }: Resource): string => type.slice(type.lastIndexOf(":") + 1);
