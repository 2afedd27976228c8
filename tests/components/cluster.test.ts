import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, type ClusterArgs } from "../../components/cluster/cluster";
import type { Recording } from "../../simulation/recorder";
import {
  childrenOf,
  dependenciesOf,
  find,
  input,
  isSecret,
  recordProgram,
} from "../support/simulated";

const ARGS: ClusterArgs = {
  prefix: "eks-monitoring-test",
  region: "ap-northeast-1",
  clusterName: "eks-monitoring-test",
  kubernetesVersion: "1.35",
  availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
  vpcCidr: "10.20.0.0/16",
  natGateways: "single",
  apiServerCidrs: ["198.51.100.0/24"],
  adminRoleArns: ["arn:aws:iam::111122223333:role/teams/platform-admin"],
  networkPolicies: true,
  deletionProtection: false,
};

const recordCluster = (changes: Partial<ClusterArgs> = {}, preview = false): Promise<Recording> =>
  recordProgram(() => {
    const provider = new aws.Provider("aws", { region: "ap-northeast-1" });
    const cluster = new Cluster("c", { ...ARGS, ...changes }, { providers: { aws: provider } });
    return {
      kubeconfig: cluster.kubeconfig,
      kubeconfigCommand: cluster.kubeconfigCommand,
      vpcId: cluster.vpcId,
      ingressClassName: cluster.platform.ingressController?.className,
      storageClassName: cluster.platform.storageClassName,
      kubernetesVersion: cluster.platform.kubernetesVersion,
      providers: cluster.platform.providers.length,
    };
  }, preview);

describe("Cluster", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordCluster();
  });

  it("has exactly these children", () => {
    const cluster = find(recording, "kubernetes-monitoring:eks:Cluster");
    assert.deepEqual(childrenOf(recording, cluster), [
      "aws:ec2/eip:Eip c-nat-ap-northeast-1a",
      "aws:ec2/natGateway:NatGateway c-nat-ap-northeast-1a",
      "aws:ec2/route:Route c-nat-ap-northeast-1a",
      "aws:ec2/route:Route c-nat-ap-northeast-1c",
      "aws:ec2/vpcEndpoint:VpcEndpoint c-dynamodb",
      "aws:ec2/vpcEndpoint:VpcEndpoint c-s3",
      "aws:eks/addon:Addon c-metrics-server",
      "awsx:ec2:Vpc c",
      "eks:index:Cluster c",
      "kubernetes:core/v1:ConfigMapPatch c-network-policies",
      "kubernetes:eks.amazonaws.com/v1:IngressClassParams c-alb-params",
      "kubernetes:eks.amazonaws.com/v1:NodeClass c-nodes",
      "kubernetes:karpenter.sh/v1:NodePool c-nodes",
      "kubernetes:networking.k8s.io/v1:IngressClass c-alb",
      "kubernetes:storage.k8s.io/v1:StorageClass c-gp3",
      "pulumi:providers:kubernetes c",
      "time:index/sleep:Sleep c-volume-release",
    ]);
  });

  it("asks for Auto Mode and switches off what would fail or bill in it", () => {
    const { inputs } = find(recording, "eks:index:Cluster");
    const computeConfig = { nodePools: ["system"] };
    assert.deepEqual(inputs.autoMode, { enabled: true, createNodeRole: true, computeConfig });
    assert.equal(input(find(recording, "eks:index:Cluster"), "corednsAddonOptions.enabled"), false);
    assert.deepEqual(inputs.upgradePolicy, { supportType: "STANDARD" });
    assert.equal(inputs.authenticationMode, "API");
    assert.equal(inputs.skipDefaultNodeGroup, true);
    assert.equal(inputs.createInstanceRole, false);
    assert.equal(inputs.version, "1.35");
    assert.equal(inputs.name, "eks-monitoring-test");
  });

  it("states both endpoints and who may reach the public one", () => {
    const { inputs } = find(recording, "eks:index:Cluster");
    assert.equal(inputs.endpointPublicAccess, true);
    assert.equal(inputs.endpointPrivateAccess, true);
    assert.deepEqual(inputs.publicAccessCidrs, ["198.51.100.0/24"]);
  });

  it("makes admins of the given roles, under names that fit a URN", () => {
    const entry = find(recording, "aws:eks/accessEntry:AccessEntry");
    assert.equal(entry.name, "c-111122223333-role~teams~platform-admin");
    assert.equal(input(entry, "principalArn"), ARGS.adminRoleArns[0]);
    const policy = find(recording, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
    assert.match(String(input(policy, "policyArn")), /AmazonEKSClusterAdminPolicy$/);
  });

  it("makes an entry for each role, however alike their paths", async () => {
    const adminRoleArns = [
      "arn:aws:iam::111122223333:role/team/x",
      "arn:aws:iam::111122223333:role/team-x",
      "arn:aws:iam::444455556666:role/team/x",
      "arn:aws:iam::111122223333:role/x",
    ];
    const { resources } = await recordCluster({ adminRoleArns });
    const entries = resources.filter(({ type }) => type === "aws:eks/accessEntry:AccessEntry");
    assert.deepEqual(
      entries.map((entry) => input(entry, "principalArn")).sort(),
      [...adminRoleArns].sort(),
    );
    assert.equal(new Set(entries.map(({ name }) => name)).size, adminRoleArns.length);
  });

  it("tags subnets so that Auto Mode finds them", () => {
    const tags = (name: string) => input(find(recording, "aws:ec2/subnet:Subnet", name), "tags");
    const shared = { "kubernetes.io/cluster/eks-monitoring-test": "shared" };
    assert.deepEqual(tags("c-public-1"), {
      ...shared,
      "kubernetes.io/role/elb": "1",
      Name: "c-public-1",
      SubnetType: "Public",
    });
    assert.deepEqual(tags("c-private-2"), {
      ...shared,
      "kubernetes.io/role/internal-elb": "1",
      Name: "c-private-2",
      SubnetType: "Private",
    });
  });

  it("lets a zone be added, up to four, without moving a subnet", async () => {
    const zones = ["a", "c", "d", "b"].map((letter) => `ap-northeast-1${letter}`);
    const layout = async (count: number, vpcCidr: string) => {
      const availabilityZones = zones.slice(0, count);
      const { resources } = await recordCluster({ availabilityZones, vpcCidr });
      const subnets = resources.filter(({ type }) => type === "aws:ec2/subnet:Subnet");
      return subnets.map((subnet) => `${subnet.name} ${String(input(subnet, "cidrBlock"))}`);
    };
    // awsx 3.9's own getSubnetSpecsAutoMerge gives the same.
    const four = await layout(4, "10.20.0.0/16");
    assert.deepEqual(four, [
      "c-public-1 10.20.32.0/20",
      "c-private-1 10.20.0.0/19",
      "c-public-2 10.20.96.0/20",
      "c-private-2 10.20.64.0/19",
      "c-public-3 10.20.160.0/20",
      "c-private-3 10.20.128.0/19",
      "c-public-4 10.20.224.0/20",
      "c-private-4 10.20.192.0/19",
    ]);
    assert.deepEqual(await layout(2, "10.20.0.0/16"), four.slice(0, 4));
    assert.deepEqual(await layout(3, "10.20.0.0/16"), four.slice(0, 6));
    const small = await layout(4, "10.20.0.0/20");
    assert.equal(small.at(-1), "c-private-4 10.20.12.0/23");
    assert.deepEqual(await layout(2, "10.20.0.0/20"), small.slice(0, 4));
  });

  // The preview of another zone knows no subnet's id; that AWS takes the rest is AWS' own to show.
  it("ignores what another zone makes unknown: subnets of gateways and control plane, route tables", () => {
    const ignored = (type: string, name: string) => find(recording, type, name).ignoreChanges;
    const zone = "c-nat-ap-northeast-1a";
    assert.deepEqual(ignored("aws:ec2/natGateway:NatGateway", zone), ["subnetId"]);
    assert.deepEqual(ignored("aws:ec2/route:Route", zone), ["routeTableId"]);
    assert.ok(ignored("aws:eks/cluster:Cluster", "c-eksCluster").includes("vpcConfig.subnetIds"));
  });

  it("names VPC and internet gateway after the cluster", () => {
    for (const type of ["aws:ec2/vpc:Vpc", "aws:ec2/internetGateway:InternetGateway"]) {
      assert.equal(input(find(recording, type), "tags.Name"), ARGS.clusterName);
    }
  });

  it("routes each private subnet through its own zone's gateway, or all through one", async () => {
    const gatewayOf = (of: Recording, zone: string) =>
      input(find(of, "aws:ec2/route:Route", `c-nat-${zone}`), "natGatewayId");
    assert.equal(gatewayOf(recording, "ap-northeast-1a"), gatewayOf(recording, "ap-northeast-1c"));
    const perZone = await recordCluster({ natGateways: "per-zone" });
    assert.notEqual(gatewayOf(perZone, "ap-northeast-1a"), gatewayOf(perZone, "ap-northeast-1c"));
  });

  it("gives every private subnet free ways to S3 and DynamoDB of its own region", () => {
    const tables = recording.resources
      .filter(({ type, name }) => type.endsWith(":RouteTable") && name.startsWith("c-private-"))
      .map(({ id }) => id);
    assert.equal(tables.length, ARGS.availabilityZones.length);
    for (const service of ["s3", "dynamodb"]) {
      const { inputs } = find(recording, "aws:ec2/vpcEndpoint:VpcEndpoint", `c-${service}`);
      assert.equal(inputs.serviceName, `com.amazonaws.ap-northeast-1.${service}`);
      assert.equal(inputs.vpcEndpointType, "Gateway");
      assert.deepEqual(inputs.routeTableIds, tables);
    }
  });

  it("does not let the control plane wait for the NAT gateways", () => {
    const dependencies = dependenciesOf(recording, find(recording, "eks:index:Cluster"));
    assert.deepEqual(
      dependencies.filter((dependency) => !dependency.startsWith("aws:ec2/subnet:Subnet ")),
      ["aws:ec2/vpc:Vpc c", "awsx:ec2:Vpc c"],
    );
  });

  // Which version that is, only AWS can say; the simulated one differs from minor to minor.
  it("takes EKS' default version of metrics-server for the minor, over what somebody changed", async () => {
    const addon = (of: Recording) => find(of, "aws:eks/addon:Addon");
    assert.equal(input(addon(recording), "addonVersion"), "v0.35.0-eksbuild.1");
    const newer = await recordCluster({ kubernetesVersion: "1.36" });
    assert.equal(input(addon(newer), "addonVersion"), "v0.36.0-eksbuild.1");
    assert.equal(input(addon(recording), "resolveConflictsOnUpdate"), "OVERWRITE");
    // Known in a preview: asked with what is written down, and not with an output of the cluster.
    const preview = await recordCluster({}, true);
    assert.equal(input(addon(preview), "addonVersion"), "v0.35.0-eksbuild.1");
  });

  it("keeps egress and the volumes' grace period until the last object on the cluster is gone", () => {
    const provider = find(recording, "pulumi:providers:kubernetes", "c");
    assert.deepEqual(dependenciesOf(recording, provider), [
      "aws:ec2/route:Route c-nat-ap-northeast-1a",
      "aws:ec2/route:Route c-nat-ap-northeast-1c",
      "aws:ec2/vpcEndpoint:VpcEndpoint c-dynamodb",
      "aws:ec2/vpcEndpoint:VpcEndpoint c-s3",
      "aws:eks/cluster:Cluster c-eksCluster",
      "eks:index:Cluster c",
      "time:index/sleep:Sleep c-volume-release",
    ]);
  });

  it("identifies the cluster statically, so that no preview plans to replace everything on it", () => {
    const provider = find(recording, "pulumi:providers:kubernetes", "c");
    assert.equal(input(provider, "clusterIdentifier"), "eks-monitoring-test");
    assert.ok(isSecret(provider.inputs.kubeconfig));
  });

  // That the provider then updates them is seen on a real Kubernetes only.
  it("has ConfigMaps and Secrets updated in place, and asks as fast as many services need", () => {
    const { inputs } = find(recording, "pulumi:providers:kubernetes", "c");
    assert.equal(inputs.enableConfigMapMutable, "true");
    assert.equal(inputs.enableSecretMutable, "true");
    assert.deepEqual(JSON.parse(String(inputs.kubeClientSettings)), { qps: 300, burst: 600 });
  });

  it("owns the default storage class, encrypted and bound late", () => {
    const { inputs } = find(recording, "kubernetes:storage.k8s.io/v1:StorageClass");
    assert.equal(inputs.provisioner, "ebs.csi.eks.amazonaws.com");
    assert.equal(inputs.volumeBindingMode, "WaitForFirstConsumer");
    assert.equal(inputs.reclaimPolicy, "Delete");
    assert.deepEqual(inputs.parameters, { type: "gp3", encrypted: "true" });
  });

  it("gives out what callers need, the kubeconfig as a secret", () => {
    const { kubeconfig, vpcId, ...others } = recording.outputs;
    assert.ok(isSecret(kubeconfig));
    assert.match(String(vpcId), /^vpc-[0-9a-f]{17}$/);
    assert.deepEqual(others, {
      kubeconfigCommand:
        "aws eks update-kubeconfig --region ap-northeast-1 --name eks-monitoring-test",
      ingressClassName: "alb",
      storageClassName: "gp3",
      kubernetesVersion: "1.35",
      providers: 2,
    });
  });

  for (const deletionProtection of [true, false]) {
    it(`${deletionProtection ? "protects" : "leaves open"} network and cluster, in Pulumi and in AWS`, async () => {
      const guarded = await recordCluster({ deletionProtection });
      for (const type of ["awsx:ec2:Vpc", "eks:index:Cluster", "aws:eks/cluster:Cluster"]) {
        assert.equal(find(guarded, type).protect, deletionProtection, type);
      }
      const cluster = find(guarded, "aws:eks/cluster:Cluster");
      assert.equal(input(cluster, "deletionProtection"), deletionProtection);
    });
  }

  it("registers the same resources in a preview, where nothing is known yet", async () => {
    const preview = await recordCluster({}, true);
    assert.deepEqual(
      preview.resources.map(({ urn }) => urn).sort(),
      recording.resources.map(({ urn }) => urn).sort(),
    );
  });

  it("puts every child under a parent", () => {
    const orphans = recording.resources.filter(
      ({ parent, type }) => parent?.includes("pulumi:pulumi:Stack") && !type.includes("Cluster"),
    );
    assert.deepEqual(
      orphans.map(({ type }) => type),
      ["pulumi:providers:aws"],
    );
  });
});

// The SDK's own idea of secrets, apart from the wire format that the tests above look at.
it("keeps the kubeconfig secret for whoever uses the output", async () => {
  let isSecretOutput: Promise<boolean> | undefined;
  await recordProgram(() => {
    const provider = new aws.Provider("aws", { region: "ap-northeast-1" });
    const { kubeconfig } = new Cluster("c", ARGS, { providers: { aws: provider } });
    isSecretOutput = pulumi.isSecret(kubeconfig);
  });
  assert.equal(await isSecretOutput, true);
});
