import type { Kubernetes, KubernetesObject } from "../kubernetes";
import type { ControllerAccount } from "./controller-account";
import { bytes } from "./quantity";

interface StorageClass extends KubernetesObject {
  readonly provisioner: string;
  readonly reclaimPolicy?: string;
  readonly allowVolumeExpansion?: boolean;
}

interface Claim extends KubernetesObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes?: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly capacity?: { readonly storage?: string } };
}

interface Volume extends KubernetesObject {
  readonly spec: {
    readonly capacity: { readonly storage: string };
    readonly csi?: { readonly driver: string };
    readonly claimRef?: { readonly uid?: string };
    readonly persistentVolumeReclaimPolicy?: string;
  };
}

const DRIVER = "ebs.csi.eks.amazonaws.com";
/** Set by the scheduler, once a pod that needs the claim has a node. */
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
/** Of the real controller's; without it a volume that is deleted by hand would be gone at once. */
const FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer";
const ZONE = "topology.kubernetes.io/zone";

/** The volume controller of EBS: makes, grows and deletes PersistentVolumes of its provisioner. */
export class Volumes {
  /** When each volume was first seen without its claim, by name; milliseconds. */
  private readonly releasedAt = new Map<string, number>();

  /** @param releaseSeconds from the end of a claim to that of its volume */
  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly account: ControllerAccount,
    private readonly releaseSeconds = Infinity,
  ) {}

  async reconcile(): Promise<void> {
    const all = await this.kubernetes.list<StorageClass>("storage.k8s.io/v1", "StorageClass");
    const classes = new Map(
      all
        .filter(({ provisioner }) => provisioner === DRIVER)
        .map((each) => [each.metadata.name, each]),
    );
    const claims = await this.kubernetes.list<Claim>("v1", "PersistentVolumeClaim");
    const volumes = await this.volumes();
    for (const claim of claims) {
      const storageClass = classes.get(claim.spec.storageClassName ?? "");
      if (!storageClass || claim.metadata.deletionTimestamp !== undefined) continue;
      const volume = volumes.find(({ spec }) => spec.claimRef?.uid === claim.metadata.uid);
      if (!volume) await this.provide(claim, storageClass);
      else if (storageClass.allowVolumeExpansion === true) await this.grow(claim, volume);
    }
    await this.deleteReleased(this.releaseSeconds);
  }

  /** @param seconds that a volume must have been released */
  async deleteReleased(seconds: number): Promise<void> {
    // In this order: a claim that comes after the list of volumes has none in it.
    const volumes = await this.volumes();
    const claims = await this.kubernetes.list<Claim>("v1", "PersistentVolumeClaim");
    const uids = new Set(claims.map(({ metadata }) => metadata.uid));
    for (const volume of volumes) {
      const { name } = volume.metadata;
      if (uids.has(volume.spec.claimRef?.uid)) {
        this.releasedAt.delete(name);
        continue;
      }
      if (volume.spec.persistentVolumeReclaimPolicy !== "Delete") continue;
      const since = this.releasedAt.get(name) ?? Date.now();
      this.releasedAt.set(name, since);
      if (Date.now() - since >= seconds * 1000) await this.remove(volume);
    }
  }

  private async volumes(): Promise<readonly Volume[]> {
    const all = await this.kubernetes.list<Volume>("v1", "PersistentVolume");
    return all.filter(({ spec }) => spec.csi?.driver === DRIVER);
  }

  private async provide(claim: Claim, storageClass: StorageClass): Promise<void> {
    const { name: claimName, namespace, uid = "", annotations = {} } = claim.metadata;
    const selected = annotations[SELECTED_NODE];
    if (selected === undefined) return;
    const node = await this.kubernetes.get("v1", "Node", selected);
    const zone = node?.metadata.labels?.[ZONE];
    if (zone === undefined) return;
    const name = `pvc-${uid}`;
    const { resources, accessModes = ["ReadWriteOnce"] } = claim.spec;
    this.account.put({
      kind: "Volume",
      name,
      inVpc: false,
      reason: `for the claim ${namespace ?? ""}/${claimName}`,
    });
    await this.kubernetes.apply({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: {
        name,
        annotations: { "pv.kubernetes.io/provisioned-by": DRIVER },
        finalizers: [FINALIZER],
      },
      spec: {
        capacity: { storage: resources.requests.storage },
        accessModes,
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
        storageClassName: storageClass.metadata.name,
        csi: { driver: DRIVER, volumeHandle: `vol-${uid.replaceAll("-", "").slice(0, 17)}` },
        claimRef: {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          name: claimName,
          namespace,
          uid,
        },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: ZONE, operator: "In", values: [zone] }] },
            ],
          },
        },
      },
    } as KubernetesObject);
  }

  /** A volume never shrinks. */
  private async grow(claim: Claim, volume: Volume): Promise<void> {
    const { storage } = claim.spec.resources.requests;
    const has = claim.status?.capacity?.storage;
    if (has === undefined || bytes(storage) <= bytes(has)) return;
    if (bytes(storage) > bytes(volume.spec.capacity.storage)) {
      await this.kubernetes.patch(volume, { spec: { capacity: { storage } } });
    }
    await this.kubernetes.patchStatus(claim, { capacity: { storage } });
  }

  private async remove(volume: Volume): Promise<void> {
    await this.kubernetes.delete(volume);
    await this.kubernetes.patch(volume, { metadata: { finalizers: null } });
    this.account.remove("Volume", volume.metadata.name);
    this.releasedAt.delete(volume.metadata.name);
  }
}
