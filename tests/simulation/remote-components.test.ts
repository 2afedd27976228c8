import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import type { Recording } from "../../simulation/recorder";
import { at, type Resource } from "../../simulation/resource";
import { dependenciesOf, find, input, recordProgram } from "../support/simulated";

type Specs = NonNullable<awsx.ec2.VpcArgs["subnetSpecs"]>;

const ZONES = ["a", "b", "c", "d", "e"];

/** A VPC as the program asks for it. */
const vpc = (zones: number, changes: Partial<awsx.ec2.VpcArgs> = {}): awsx.ec2.Vpc =>
  new awsx.ec2.Vpc("v", {
    availabilityZoneNames: ZONES.slice(0, zones),
    cidrBlock: "10.0.0.0/16",
    enableDnsHostnames: true,
    subnetStrategy: awsx.ec2.SubnetAllocationStrategy.AutoMerge,
    subnetSpecs: specs(),
    natGateways: { strategy: awsx.ec2.NatGatewayStrategy.None },
    ...changes,
  });

function specs(publicMask?: number, privateMask?: number): Specs {
  const sized = (cidrMask?: number) => (cidrMask === undefined ? {} : { cidrMask });
  return [
    { type: awsx.ec2.SubnetType.Public, tags: { role: "public" }, ...sized(publicMask) },
    { type: awsx.ec2.SubnetType.Private, tags: { role: "private" }, ...sized(privateMask) },
  ];
}

const subnets = ({ resources }: Recording, type: string): unknown[] =>
  resources
    .filter((resource) => resource.type === "aws:ec2/subnet:Subnet")
    .filter(({ name }) => name.includes(type))
    .map((subnet) => input(subnet, "cidrBlock"));

describe("the subnets of a simulated awsx:ec2:Vpc", () => {
  const layout = async (zones: number, changes: Partial<awsx.ec2.VpcArgs> = {}) => {
    const recording = await recordProgram(() => {
      vpc(zones, changes);
    });
    return [subnets(recording, "private"), subnets(recording, "public")];
  };

  // Figures of the real plugin with the program's arguments.
  it("share a zone in halves, where the specs have tags and no sizes", async () => {
    assert.deepEqual(await layout(2), [
      ["10.0.0.0/18", "10.0.128.0/18"],
      ["10.0.64.0/18", "10.0.192.0/18"],
    ]);
    assert.deepEqual(await layout(3), [
      ["10.0.0.0/19", "10.0.64.0/19", "10.0.128.0/19"],
      ["10.0.32.0/19", "10.0.96.0/19", "10.0.160.0/19"],
    ]);
  });

  it("keep the default layout only where nothing is said of them", async () => {
    const [privateOnes, publicOnes] = await layout(3, { subnetSpecs: [] });
    assert.deepEqual(privateOnes, ["10.0.0.0/19", "10.0.64.0/19", "10.0.128.0/19"]);
    assert.deepEqual(publicOnes, ["10.0.32.0/20", "10.0.96.0/20", "10.0.160.0/20"]);
  });

  it("stay where they are when a zone is added, with a size for zones", async () => {
    const changes = { availabilityZoneCidrMask: 18, subnetSpecs: specs(20, 19) };
    const [privateTwo = [], publicTwo = []] = await layout(2, changes);
    const [privateThree = [], publicThree = []] = await layout(3, changes);
    assert.deepEqual(privateThree.slice(0, 2), privateTwo);
    assert.deepEqual(publicThree.slice(0, 2), publicTwo);
    assert.deepEqual(publicThree, ["10.0.32.0/20", "10.0.96.0/20", "10.0.160.0/20"]);
  });

  it("are refused beyond the end of the VPC, which awsx does not check and AWS does", async () => {
    await assert.rejects(
      layout(5, { availabilityZoneCidrMask: 18 }),
      /the subnets of zone e must be inside 10\.0\.0\.0\/16; got 10\.1\.0\.0\/19\. Fix: /,
    );
  });

  it("are refused where they are larger than their zone", async () => {
    await assert.rejects(
      layout(4, { subnetSpecs: specs(18, 18) }),
      /Subnets are too large for VPC\. VPC has 16384 addresses, but subnets require 32768/,
    );
  });

  it("are of no other strategy than the program's", async () => {
    const changes = { subnetStrategy: awsx.ec2.SubnetAllocationStrategy.Exact };
    await assert.rejects(layout(2, changes), /subnetStrategy .* must be AutoMerge; got Exact/);
  });
});

describe("the children of a simulated awsx:ec2:Vpc", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordProgram(() => {
      const { vpcId, publicSubnetIds, vpc: inner } = vpc(2);
      new aws.sns.Topic("after", { name: pulumi.interpolate`${vpcId}` });
      return { ids: publicSubnetIds, cidr: inner.cidrBlock };
    });
  });
  const ofType = (type: string, name: string): Resource => find(recording, `aws:ec2/${type}`, name);

  it("tag subnets with what was asked for, and their route tables not", () => {
    const own = { Name: "v-public-1", SubnetType: "Public" };
    assert.deepEqual(input(ofType("subnet:Subnet", "v-public-1"), "tags"), {
      ...own,
      role: "public",
    });
    assert.deepEqual(input(ofType("routeTable:RouteTable", "v-public-1"), "tags"), own);
  });

  it("depend on what their properties are made from", () => {
    const association = ofType("routeTableAssociation:RouteTableAssociation", "v-private-2");
    assert.deepEqual(dependenciesOf(recording, association), [
      "aws:ec2/routeTable:RouteTable v-private-2",
      "aws:ec2/subnet:Subnet v-private-2",
    ]);
  });

  it("are all that an output of the component depends on", () => {
    assert.deepEqual(dependenciesOf(recording, find(recording, "aws:sns/topic:Topic")), [
      "aws:ec2/subnet:Subnet v-private-1",
      "aws:ec2/subnet:Subnet v-private-2",
      "aws:ec2/subnet:Subnet v-public-1",
      "aws:ec2/subnet:Subnet v-public-2",
      "aws:ec2/vpc:Vpc v",
      "awsx:ec2:Vpc v",
    ]);
  });

  it("can be reached through the component's outputs", () => {
    assert.equal(recording.outputs.cidr, "10.0.0.0/16");
  });

  it("leave the component without outputs in the state", () => {
    assert.deepEqual(find(recording, "awsx:ec2:Vpc").outputs, {});
    assert.equal(ofType("vpc:Vpc", "v").outputs.ipv6CidrBlock, "");
  });

  it("have no route table for a subnet that is associated with none", async () => {
    const alone = recordProgram(() => {
      const subnet = new aws.ec2.Subnet("s", { vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" });
      return { table: aws.ec2.getRouteTableOutput({ subnetId: subnet.id }).routeTableId };
    });
    await assert.rejects(alone, /query returned no results: subnet subnet-\w+ has no route table/);
  });
});

describe("the children of a simulated eks:index:Cluster", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordProgram(() => {
      const { vpcId, publicSubnetIds, privateSubnetIds } = vpc(2);
      const cluster = new eks.Cluster("c", {
        name: "my-cluster",
        vpcId,
        publicSubnetIds,
        privateSubnetIds,
        authenticationMode: eks.AuthenticationMode.Api,
        accessEntries: {
          admin: {
            principalArn: "arn:aws:iam::111122223333:role/admin",
            accessPolicies: { all: { policyArn: "p", accessScope: { type: "cluster" } } },
          },
        },
        autoMode: { enabled: true },
      });
      return {
        kubeconfig: cluster.kubeconfig,
        endpoint: cluster.eksCluster.endpoint,
        securityGroup: cluster.clusterSecurityGroupId,
        issuer: cluster.oidcIssuer,
      };
    });
  });

  it("trust EKS with sessions that have tags", () => {
    const role = find(recording, "aws:iam/role:Role", "c-eksRole-role");
    const trust = JSON.parse(String(input(role, "assumeRolePolicy"))) as { Statement: object[] };
    assert.deepEqual(at(trust.Statement[0], "Action"), ["sts:AssumeRole", "sts:TagSession"]);
    assert.match(String(input(role, "description")), /manage clusters on your behalf/);
  });

  it("write a kubeconfig with names that are the same for every cluster", () => {
    const { kubeconfig } = recording.outputs;
    assert.deepEqual(at(kubeconfig, "contexts"), [
      { context: { cluster: "kubernetes", user: "aws" }, name: "aws" },
    ]);
    assert.equal(at(kubeconfig, "current-context"), "aws");
    assert.match(JSON.stringify(kubeconfig), /KUBERNETES_EXEC_INFO/);
  });

  it("have access policies beneath their entries, without a type", () => {
    const entry = find(recording, "aws:eks/accessEntry:AccessEntry");
    const policy = find(recording, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
    assert.equal(policy.parent, entry.urn);
    assert.deepEqual(Object.keys(entry.inputs).sort(), ["clusterName", "principalArn"]);
  });

  it("wait in the cluster for roles, policies and all of the network", () => {
    const dependencies = dependenciesOf(recording, find(recording, "aws:eks/cluster:Cluster"));
    const count = (type: string) => dependencies.filter((each) => each.startsWith(type)).length;
    assert.equal(count("aws:iam/role:Role "), 2);
    assert.equal(count("aws:iam/rolePolicyAttachment"), 7);
    assert.equal(count("aws:ec2/subnet:Subnet"), 4);
    assert.equal(count("awsx:ec2:Vpc"), 1);
  });

  it("give the cluster what was asked for and nothing made up", () => {
    const { inputs, ignoreChanges } = find(recording, "aws:eks/cluster:Cluster");
    assert.equal(inputs.enabledClusterLogTypes, undefined);
    assert.equal(inputs.deletionProtection, undefined);
    assert.deepEqual(ignoreChanges, [
      "accessConfig.bootstrapClusterCreatorAdminPermissions",
      "bootstrapSelfManagedAddons",
    ]);
  });

  it("answer with the cluster itself, its security group and its issuer", () => {
    const { endpoint, securityGroup, issuer } = recording.outputs;
    assert.match(String(endpoint), /^https:\/\/.*eks\.amazonaws\.com$/);
    assert.match(String(securityGroup), /^sg-/);
    assert.match(String(issuer), /^oidc\.eks\./);
  });
});
