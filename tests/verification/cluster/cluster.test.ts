import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AutoMode } from "../../../verification/cluster/auto-mode/auto-mode";
import type { ControllerObject } from "../../../verification/cluster/auto-mode/controller-account";
import { connect } from "../../../verification/cluster/cluster";
import { Kubernetes, type KubernetesObject } from "../../../verification/cluster/kubernetes";
import { settled } from "../../../verification/cluster/settled";
import { wipe } from "../../../verification/cluster/wipe";
import { type ControlPlane, controlPlane, eventually } from "../../support/control-plane";

describe("A cluster for runs", () => {
  let plane: ControlPlane | undefined;
  let kubernetes: Kubernetes;
  before(async function () {
    plane = await controlPlane(this);
    kubernetes = Kubernetes.open(plane.kubeconfig);
  });
  after(() => plane?.stop());

  const kubeconfig = (): string => plane?.kubeconfig ?? "";
  const refusal = async (file = kubeconfig()): Promise<string> => {
    const answer = await connect(file);
    return "refused" in answer ? answer.refused : "";
  };

  describe("is taken", () => {
    it("where kwok plays every node and nothing else is on it", async () => {
      const answer = await connect(kubeconfig());
      assert.ok("cluster" in answer, JSON.stringify(answer));
      assert.match(answer.cluster.version, /^v1\.\d+\./);
    });

    it("not with a node that has a kubelet", async () => {
      const node = { apiVersion: "v1", kind: "Node", metadata: { name: "real" } };
      await kubernetes.apply(node);
      await kubernetes.patchStatus(node, { nodeInfo: nodeInfo("v1.35.4-eks-1234567") });
      try {
        assert.match(
          await refusal(),
          /every node must be played by kwok; got real, which has a kubelet/,
        );
      } finally {
        await kubernetes.delete(node);
      }
      assert.equal(await refusal(), "");
    });

    it("not with a namespace of somebody else", async () => {
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
      await kubernetes.apply(namespace);
      assert.match(await refusal(), /no namespace beside default and kube-\*; got shop\. Fix: /);
      assert.equal(await wipe(kubernetes), undefined);
      assert.equal(await refusal(), "");
    });
  });

  describe("with what EKS Auto Mode does", () => {
    let account: Map<string, ControllerObject>;
    let autoMode: AutoMode;
    const errors: unknown[] = [];
    before(async () => {
      account = new Map();
      autoMode = await AutoMode.start({
        kubernetes,
        region: "eu-west-1",
        account: {
          put: (object) => account.set(`${object.kind} ${object.name}`, object),
          remove: (kind, name) => account.delete(`${kind} ${name}`),
        },
        onError: (error) => errors.push(error),
      });
      for (const object of OBJECTS) await kubernetes.apply(object);
    });
    // Already stopped by the last test, unless that failed before.
    after(() => autoMode.stop());

    const ingress = () => kubernetes.get<Ingress>("networking.k8s.io/v1", "Ingress", "web", "shop");
    const claim = () => kubernetes.get<Claim>("v1", "PersistentVolumeClaim", "data-db-0", "shop");
    const volumes = () => kubernetes.list<Volume>("v1", "PersistentVolume");

    it("gives an Ingress of its class an address and a finalizer", async () => {
      const hostname = await eventually(
        async () => (await ingress())?.status.loadBalancer?.ingress?.[0]?.hostname,
      );
      assert.match(hostname, /^k8s-shop-web-[0-9a-f]{10}-\d+\.eu-west-1\.elb\.amazonaws\.com$/);
      assert.deepEqual((await ingress())?.metadata.finalizers, [
        "ingress.eks.amazonaws.com/resources",
      ]);
      assert.equal(account.get("LoadBalancer shop/web")?.inVpc, true);
      assert.ok(account.has("SecurityGroup shop/web") && account.has("NetworkInterface shop/web"));
    });

    it("leaves an Ingress of another class alone", async () => {
      const other = await kubernetes.get<Ingress>(
        "networking.k8s.io/v1",
        "Ingress",
        "other",
        "shop",
      );
      assert.equal(other?.metadata.finalizers, undefined);
    });

    it("says which certificate its load balancer has", async () => {
      const annotations = { "alb.ingress.kubernetes.io/certificate-arn": "arn:aws:acm:c" };
      await kubernetes.patch(INGRESS, { metadata: { annotations } });
      await eventually(() =>
        Promise.resolve(account.get("LoadBalancer shop/web")?.uses === "arn:aws:acm:c"),
      );
    });

    it("gives another address for another scheme", async () => {
      const address = async () => (await ingress())?.status.loadBalancer?.ingress?.[0]?.hostname;
      const before = await address();
      await kubernetes.patch(PARAMS, { spec: { scheme: "internal" } });
      const after = await eventually(async () => {
        const now = await address();
        return now !== before && now;
      });
      assert.match(after, /^internal-k8s-shop-web-/);
    });

    it("takes the load balancer away before its Ingress is gone", async () => {
      await kubernetes.delete(INGRESS);
      await eventually(async () => (await ingress()) === undefined);
      assert.deepEqual(
        [...account.keys()].filter((key) => !key.startsWith("Volume")),
        [],
      );
    });

    it("binds a claim that a pod needs, in the zone of the pod's node", async () => {
      assert.equal(await settled(kubernetes), undefined);
      const bound = await claim();
      assert.equal(bound?.status.phase, "Bound");
      const [volume] = await volumes();
      const pod = await kubernetes.get<Pod>("v1", "Pod", "db-0", "shop");
      const node = await kubernetes.get("v1", "Node", pod?.spec.nodeName ?? "");
      assert.match(JSON.stringify(volume?.spec.nodeAffinity), zoneOf(node));
      assert.ok(account.has(`Volume ${volume?.metadata.name ?? ""}`));
    });

    it("grows a volume with its claim, and never shrinks it", async () => {
      const { uid } = (await claim())?.metadata ?? {};
      await kubernetes.patch(CLAIM, { spec: { resources: { requests: { storage: "20Gi" } } } });
      await eventually(async () => (await claim())?.status.capacity?.storage === "20Gi");
      assert.equal((await volumes())[0]?.spec.capacity.storage, "20Gi");
      await assert.rejects(
        kubernetes.patch(CLAIM, { spec: { resources: { requests: { storage: "10Gi" } } } }),
        /field can not be less than/,
      );
      assert.equal((await claim())?.metadata.uid, uid);
    });

    it("keeps a released volume until it is told to delete it", async () => {
      await kubernetes.delete(STATEFUL_SET);
      await kubernetes.delete(CLAIM);
      await eventually(async () => (await claim()) === undefined);
      // The controller looks several times in a second.
      await delay(1000);
      assert.equal((await volumes()).length, 1);
      await autoMode.deleteReleased();
      await eventually(async () => (await volumes()).length === 0);
      assert.deepEqual([...account.keys()], []);
      assert.deepEqual(errors.map(String), []);
    });

    it("is emptied of all that, also where nobody takes a finalizer off any more", async () => {
      await kubernetes.apply(INGRESS);
      await kubernetes.apply(PRIORITY);
      await eventually(async () => (await ingress())?.metadata.finalizers);
      await autoMode.stop();
      assert.equal(await wipe(kubernetes), undefined);
      assert.equal(await refusal(), "");
      assert.deepEqual(await kubernetes.list("storage.k8s.io/v1", "StorageClass"), []);
      assert.deepEqual(await kubernetes.list("eks.amazonaws.com/v1", "IngressClassParams"), []);
      const classes = await kubernetes.list("scheduling.k8s.io/v1", "PriorityClass");
      assert.deepEqual(classes.map(({ metadata }) => metadata.name).sort(), [
        "system-cluster-critical",
        "system-node-critical",
      ]);
      assert.ok(
        await kubernetes.get("rbac.authorization.k8s.io/v1", "ClusterRole", "cluster-admin"),
      );
    });
  });
});

describe("A cluster for runs that is not there", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "cluster-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const written = (text: string): string => {
    const file = path.join(folder, "kubeconfig");
    writeFileSync(file, text);
    return file;
  };
  const refusal = async (file: string): Promise<string> => {
    const answer = await connect(file);
    return "refused" in answer ? answer.refused : "";
  };

  it("is refused in one sentence: no file, no kubeconfig", async () => {
    assert.match(
      await refusal(path.join(folder, "none")),
      /cannot be read as a kubeconfig \(ENOENT/,
    );
    assert.match(await refusal(written("{}")), /cannot be read as a kubeconfig/);
    assert.match(await refusal(written("- [")), /cannot be read as a kubeconfig/);
  });

  it("is refused after 5 s where it accepts and never answers", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const start = Date.now();
    const refused = await refusal(written(pointingAt(port)));
    assert.match(refused, /does not answer within 5 s/);
    assert.ok(Date.now() - start < 8000);
    server.close();
    assert.match(await refusal(written(pointingAt(port))), /does not answer within 5 s \(.*ECONN/);
  });

  const pointingAt = (port: number): string =>
    JSON.stringify({
      "current-context": "c",
      clusters: [
        {
          name: "c",
          cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true },
        },
      ],
      users: [{ name: "c", user: {} }],
      contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
    });
});

interface Ingress extends KubernetesObject {
  readonly status: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly hostname: string }[] };
  };
}

interface Claim extends KubernetesObject {
  readonly status: { readonly phase: string; readonly capacity?: { readonly storage: string } };
}

interface Volume extends KubernetesObject {
  readonly spec: { readonly capacity: { readonly storage: string }; readonly nodeAffinity: object };
}

interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName: string };
}

const zoneOf = (node: KubernetesObject | undefined): RegExp =>
  new RegExp(
    `"values":\\["${node?.metadata.labels?.["topology.kubernetes.io/zone"] ?? "none"}"\\]`,
  );

const nodeInfo = (kubeletVersion: string) => ({
  architecture: "amd64",
  bootID: "b",
  containerRuntimeVersion: "containerd://2",
  kernelVersion: "6",
  kubeProxyVersion: "",
  kubeletVersion,
  machineID: "m",
  operatingSystem: "linux",
  osImage: "Bottlerocket",
  systemUUID: "s",
});

const backend = { service: { name: "web", port: { number: 80 } } };
const ingressOf = (name: string, ingressClassName: string) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name, namespace: "shop" },
  spec: { ingressClassName, defaultBackend: backend },
});
const INGRESS = ingressOf("web", "alb");
const CLAIM = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data-db-0", namespace: "shop" },
};
const STATEFUL_SET = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "db", namespace: "shop" },
  spec: {
    serviceName: "db",
    selector: { matchLabels: { app: "db" } },
    template: {
      metadata: { labels: { app: "db" } },
      spec: {
        containers: [
          { name: "db", image: "db:1", volumeMounts: [{ name: "data", mountPath: "/data" }] },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: {
          storageClassName: "gp3",
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "10Gi" } },
        },
      },
    ],
  },
};

const PARAMS = {
  apiVersion: "eks.amazonaws.com/v1",
  kind: "IngressClassParams",
  metadata: { name: "alb" },
  spec: { scheme: "internet-facing" },
};

const PRIORITY = {
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name: "kube-prometheus-stack" },
  value: 500_000_000,
};

/** As the stack makes them. */
const OBJECTS = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
  PARAMS,
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "alb" },
    spec: {
      controller: "eks.amazonaws.com/alb",
      parameters: { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name: "alb" },
    },
  },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "gp3" },
    provisioner: "ebs.csi.eks.amazonaws.com",
    volumeBindingMode: "WaitForFirstConsumer",
    reclaimPolicy: "Delete",
    allowVolumeExpansion: true,
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "nginx" },
    spec: { controller: "k8s.io/ingress-nginx" },
  },
  ingressOf("other", "nginx"),
  INGRESS,
  STATEFUL_SET,
];
