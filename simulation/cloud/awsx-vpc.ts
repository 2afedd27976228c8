import * as pulumi from "@pulumi/pulumi";
import { at, type Properties, textAt } from "../resource";
import { type Subnet, subnetLayout } from "./awsx-subnets";
import type { Behaviour, Child, ChildLookup, CreateCall } from "./behaviour";
import { resourceReference } from "./resource-reference";

/**
 * `awsx:ec2:Vpc` 3.9 in layout AutoMerge without NAT gateways: names, parents, dependencies, inputs
 * and outputs of its children are those of the plugin's source (awsx/ec2/vpc.ts).
 */
export const vpcComponent: Readonly<Record<string, Behaviour>> = {
  "awsx:ec2:Vpc": {
    duration: "instant",
    children: vpcChildren,
    componentOutputs: vpcOutputs,
    // One promise resolves all outputs, when the VPC and its subnets are there.
    outputDependencies: ({ name, inputs }) => [
      "vpc",
      ...subnetLayout(name, inputs).map((subnet) => keyOf("subnet", subnet)),
    ],
  },
};

function vpcChildren({ name, inputs }: CreateCall): Child[] {
  requireValue(inputs, "natGateways.strategy", "None");
  requireValue(inputs, "subnetStrategy", "AutoMerge");
  const tags = { Name: name, ...(at(inputs, "tags") as Record<string, string> | undefined) };
  const vpc: Child = {
    key: "vpc",
    type: "aws:ec2/vpc:Vpc",
    name,
    custom: true,
    dependsOn: [],
    inputs: () => ({
      cidrBlock: textAt(inputs, "cidrBlock"),
      enableDnsHostnames: at(inputs, "enableDnsHostnames"),
      enableDnsSupport: at(inputs, "enableDnsSupport"),
      tags,
    }),
  };
  const gateway: Child = {
    key: "gateway",
    type: "aws:ec2/internetGateway:InternetGateway",
    name,
    custom: true,
    parent: "vpc",
    dependsOn: ["vpc"],
    inputs: (child) => ({ vpcId: child("vpc").id, tags }),
  };
  const subnets = subnetLayout(name, inputs).flatMap((subnet) => subnetChildren(subnet, tags));
  return [vpc, gateway, ...subnets];
}

function requireValue(inputs: Properties, path: string, wanted: string): void {
  const got = at(inputs, path);
  if (got === wanted) return;
  throw new pulumi.RunError(
    `${path} of the simulated awsx:ec2:Vpc must be ${wanted}; got ${String(got)}. ` +
      "Fix: simulate that in simulation/cloud/awsx-vpc.ts",
  );
}

const keyOf = (kind: string, { name }: Subnet): string => `${kind}/${name}`;

function subnetChildren(subnet: Subnet, sharedTags: Readonly<Record<string, string>>): Child[] {
  const { name, zone, cidrBlock, type } = subnet;
  const isPublic = type === "Public";
  const key = (kind: string) => keyOf(kind, subnet);
  const ownTags = { Name: name, SubnetType: type };
  const child = (kind: string, ofType: string, parent: string, inputs: Child["inputs"]): Child => ({
    key: key(kind),
    type: `aws:ec2/${ofType}`,
    name,
    custom: true,
    parent,
    dependsOn: [parent],
    inputs,
  });
  const children = [
    child("subnet", "subnet:Subnet", "vpc", (of) => ({
      vpcId: of("vpc").id,
      availabilityZone: zone,
      mapPublicIpOnLaunch: isPublic,
      cidrBlock,
      assignIpv6AddressOnCreation: false,
      tags: { ...sharedTags, ...subnet.tags, ...ownTags },
    })),
    // The tags by which load balancers find subnets are the subnet's alone.
    child("table", "routeTable:RouteTable", key("subnet"), (of) => ({
      vpcId: of("vpc").id,
      tags: { ...sharedTags, ...ownTags },
    })),
    child("association", "routeTableAssociation:RouteTableAssociation", key("table"), (of) => ({
      routeTableId: of(key("table")).id,
      subnetId: of(key("subnet")).id,
    })),
  ];
  if (!isPublic) return children;
  const route = child("route", "route:Route", key("table"), (of) => ({
    routeTableId: of(key("table")).id,
    gatewayId: of("gateway").id,
    destinationCidrBlock: "0.0.0.0/0",
  }));
  return [...children, route];
}

function vpcOutputs({ name, inputs }: CreateCall, child: ChildLookup): Properties {
  const layout = subnetLayout(name, inputs);
  const ofType = (type: string) => layout.filter((subnet) => subnet.type === type);
  const all = (kind: string, subnets: readonly Subnet[]) =>
    subnets.map((subnet) => resourceReference(child(keyOf(kind, subnet))));
  const ids = (subnets: readonly Subnet[]) =>
    subnets.map((subnet) => child(keyOf("subnet", subnet)).id);
  return {
    vpc: resourceReference(child("vpc")),
    subnets: all("subnet", layout),
    publicSubnets: all("subnet", ofType("Public")),
    privateSubnets: all("subnet", ofType("Private")),
    isolatedSubnets: all("subnet", ofType("Isolated")),
    routeTables: all("table", layout),
    routes: all("route", ofType("Public")),
    routeTableAssociations: all("association", layout),
    internetGateway: resourceReference(child("gateway")),
    natGateways: [],
    eips: [],
    vpcEndpoints: [],
    publicSubnetIds: ids(ofType("Public")),
    privateSubnetIds: ids(ofType("Private")),
    isolatedSubnetIds: ids(ofType("Isolated")),
    vpcId: child("vpc").id,
  };
}
