import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import {
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  StorageV1Api,
  type V1PersistentVolumeClaimStatus,
} from "@kubernetes/client-node";
import { growClaims, type GrowOptions } from "../../components/monitoring-stack/claims";
import { type ControlPlane, controlPlane as startControlPlane } from "../support/control-plane";

const NAMESPACE = "default";
const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** A real API server with real claims; the test plays the volume driver, which raises `status.capacity`. */
class Cluster {
  private readonly core: CoreV1Api;
  private readonly storage: StorageV1Api;

  constructor(private readonly controlPlane: ControlPlane) {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane.kubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
    this.storage = config.makeApiClient(StorageV1Api);
  }

  async makeClass(name: string, allowVolumeExpansion: boolean): Promise<void> {
    const body = { metadata: { name }, provisioner: "none.example.com", allowVolumeExpansion };
    await this.storage.createStorageClass({ body });
  }

  /** A claim of 10 GiB that is bound to a volume. */
  async makeClaim(name: string, storageClassName: string): Promise<void> {
    const capacity = { storage: "10Gi" };
    const spec = { accessModes: ["ReadWriteOnce"], storageClassName };
    const { metadata } = await this.core.createNamespacedPersistentVolumeClaim({
      namespace: NAMESPACE,
      body: { metadata: { name }, spec: { ...spec, resources: { requests: capacity } } },
    });
    const kind = "PersistentVolumeClaim";
    const claimRef = { kind, namespace: NAMESPACE, name, uid: metadata?.uid ?? "" };
    const csi = { driver: "none.example.com", volumeHandle: name };
    await this.core.createPersistentVolume({
      body: { metadata: { name }, spec: { ...spec, capacity, claimRef, csi } },
    });
    await this.until(async () => (await this.claim(name)).status?.phase === "Bound");
  }

  claim(name: string) {
    return this.core.readNamespacedPersistentVolumeClaim({ namespace: NAMESPACE, name });
  }

  async requested(name: string): Promise<string | undefined> {
    return (await this.claim(name)).spec?.resources?.requests?.storage;
  }

  request(name: string, storage: string) {
    const body = { spec: { resources: { requests: { storage } } } };
    const claim = { namespace: NAMESPACE, name, body };
    return this.core.patchNamespacedPersistentVolumeClaim(claim, MERGE);
  }

  async report(name: string, status: V1PersistentVolumeClaimStatus): Promise<void> {
    const claim = { namespace: NAMESPACE, name, body: { status } };
    await this.core.patchNamespacedPersistentVolumeClaimStatus(claim, MERGE);
  }

  async until(isTrue: () => Promise<boolean>): Promise<void> {
    while (!(await isTrue())) await setTimeout(50);
  }

  grow(names: RegExp, gibibytes: number, options: Partial<GrowOptions> = {}): Promise<void> {
    const wanted = [{ isOne: (name: string) => names.test(name), gibibytes }];
    return growClaims(
      { kubeconfig: readFileSync(this.controlPlane.kubeconfig, "utf8") },
      NAMESPACE,
      wanted,
      {
        progress: () => undefined,
        timeoutSeconds: 20,
        pollSeconds: 0.1,
        ...options,
      },
    );
  }
}

describe("claims, on a real API server", () => {
  let controlPlane: ControlPlane | undefined;
  let cluster: Cluster;
  before(async function () {
    controlPlane = await startControlPlane(this);
    cluster = new Cluster(controlPlane);
    await cluster.makeClass("growing", true);
    await cluster.makeClass("fixed", false);
  });
  after(() => controlPlane?.stop());

  it("grow in place, and are waited for until the volumes have their size", async () => {
    for (const name of ["a-0", "a-1", "other-0"]) await cluster.makeClaim(name, "growing");
    const { metadata } = await cluster.claim("a-0");
    let isDone = false;
    const grown = cluster.grow(/^a-/, 12).then(() => {
      isDone = true;
    });
    for (const name of ["a-0", "a-1"]) {
      await cluster.until(async () => (await cluster.requested(name)) === "12Gi");
    }
    await cluster.report("a-0", { capacity: { storage: "12Gi" } });
    await setTimeout(500);
    assert.ok(!isDone, "one of the volumes is small still");
    await cluster.report("a-1", { capacity: { storage: String(12 * 2 ** 30) } });
    await grown;
    assert.equal((await cluster.claim("a-0")).metadata?.uid, metadata?.uid);
    assert.equal(await cluster.requested("other-0"), "10Gi");
  });

  it("are left alone where they are large enough or do not exist", async () => {
    await cluster.makeClaim("large-0", "growing");
    const before = await cluster.claim("large-0");
    await cluster.grow(/^(large|absent)-/, 10);
    await cluster.grow(/^(large|absent)-/, 5);
    const { metadata } = await cluster.claim("large-0");
    assert.equal(metadata?.resourceVersion, before.metadata?.resourceVersion);
  });

  it("are ready where only a pod is missing to let the file system grow", async () => {
    await cluster.makeClaim("idle-0", "growing");
    const grown = cluster.grow(/^idle-/, 12);
    await cluster.until(async () => (await cluster.requested("idle-0")) === "12Gi");
    const pending = { type: "FileSystemResizePending", status: "True" };
    await cluster.report("idle-0", { conditions: [pending] });
    await grown;
  });

  it("give a sentence with the next command where the volume does not grow in time", async () => {
    await cluster.makeClaim("slow-0", "growing");
    await assert.rejects(cluster.grow(/^slow-/, 12, { timeoutSeconds: 1 }), {
      message:
        "volumes must have grown within 1 s (slow-0 12 GiB); got smaller ones. Fix: kubectl describe pvc " +
        "-n default slow-0 says why; then pulumi up goes on waiting",
    });
  });

  it("give the API server's reason where their storage class forbids it", async () => {
    await cluster.makeClaim("fixed-0", "fixed");
    const message =
      /fixed-0 must be allowed to grow to 12 GiB; got 403 .+storageclass that provisions the pvc must support resize\. Fix: kubectl /;
    await assert.rejects(cluster.grow(/^fixed-/, 12), message);
  });

  it("cannot shrink: why the program refuses a smaller volume", async () => {
    await cluster.makeClaim("shrinking-0", "growing");
    await assert.rejects(cluster.request("shrinking-0", "5Gi"), /can not be less than/);
  });
});
