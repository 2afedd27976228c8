import * as ipaddr from "ipaddr.js";
import type { Behaviour, Child, ChildLookup, Making, Properties } from "../resource";
import { at, textAt } from "../resource";

/**
 * `awsx:ec2:Vpc` 3.9 in layout AutoMerge without NAT gateways: names, parents and dependencies of
 * its children are those of the plugin's source.
 */
export const vpcComponent: Behaviour = {
  duration: "instant",
  children: vpcChildren,
  componentOutputs: vpcOutputs,
};

function vpcChildren({ name, inputs }: Making): Child[] {
  if (at(inputs, "natGateways.strategy") !== "None") {
    throw new Error("the simulated awsx:ec2:Vpc knows only natGateways.strategy None");
  }
  const cidrBlock = textAt(inputs, "cidrBlock");
  const tags = { Name: name };
  const vpc: Child = {
    key: "vpc",
    type: "aws:ec2/vpc:Vpc",
    name,
    custom: true,
    dependsOn: [],
    inputs: () => ({
      cidrBlock,
      enableDnsHostnames: at(inputs, "enableDnsHostnames") ?? false,
      enableDnsSupport: true,
      tags,
    }),
  };
  const gateway: Child = {
    key: "igw",
    type: "aws:ec2/internetGateway:InternetGateway",
    name,
    custom: true,
    parent: "vpc",
    dependsOn: ["vpc"],
    inputs: (child) => ({ vpcId: child("vpc").id, tags }),
  };
  const subnets = subnetsOf(name, inputs).flatMap((subnet) => subnetChildren(subnet));
  return [vpc, gateway, ...subnets];
}

interface Subnet {
  readonly name: string;
  readonly zone: string;
  readonly cidrBlock: string;
  readonly isPublic: boolean;
  readonly tags: unknown;
}

function subnetsOf(name: string, inputs: Properties): Subnet[] {
  const zones = at(inputs, "availabilityZoneNames") as readonly string[];
  const specs = (at(inputs, "subnetSpecs") ?? []) as readonly { type: string; tags?: object }[];
  const tagsOf = (type: string) => specs.find((spec) => spec.type === type)?.tags ?? {};
  return zones.flatMap((zone, index) =>
    ["Public", "Private"].map((type) => ({
      name: `${name}-${type.toLowerCase()}-${index + 1}`,
      zone,
      cidrBlock: subnetCidr(textAt(inputs, "cidrBlock"), zones.length, index, type === "Public"),
      isPublic: type === "Public",
      tags: {
        ...tagsOf(type),
        Name: `${name}-${type.toLowerCase()}-${index + 1}`,
        SubnetType: type,
      },
    })),
  );
}

/** Each zone gets an equal power-of-two share: its first half private, then a quarter public. */
function subnetCidr(vpcCidr: string, zones: number, index: number, isPublic: boolean): string {
  const [base, vpcPrefix] = ipaddr.IPv4.parseCIDR(vpcCidr);
  const zonePrefix = vpcPrefix + Math.ceil(Math.log2(zones));
  const zoneSize = 2 ** (32 - zonePrefix);
  const first = base.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0) + index * zoneSize;
  const start = isPublic ? first + zoneSize / 2 : first;
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(start / 2 ** bits) % 256);
  return `${octets.join(".")}/${zonePrefix + (isPublic ? 2 : 1)}`;
}

function subnetChildren({ name, zone, cidrBlock, isPublic, tags }: Subnet): Child[] {
  const key = (kind: string) => `${kind}/${name}`;
  const child = (kind: string, type: string, parent: string, inputs: Child["inputs"]): Child => ({
    key: key(kind),
    type: `aws:ec2/${type}`,
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
      cidrBlock,
      mapPublicIpOnLaunch: isPublic,
      tags,
    })),
    child("table", "routeTable:RouteTable", key("subnet"), (of) => ({
      vpcId: of("vpc").id,
      tags,
    })),
    child("association", "routeTableAssociation:RouteTableAssociation", key("table"), (of) => ({
      routeTableId: of(key("table")).id,
      subnetId: of(key("subnet")).id,
    })),
  ];
  if (!isPublic) return children;
  const route = child("route", "route:Route", key("table"), (of) => ({
    routeTableId: of(key("table")).id,
    gatewayId: of("igw").id,
    destinationCidrBlock: "0.0.0.0/0",
  }));
  return [...children, { ...route, dependsOn: [key("table"), "igw"] }];
}

function vpcOutputs({ name, inputs }: Making, child: ChildLookup): Properties {
  const subnets = subnetsOf(name, inputs);
  const ids = (isPublic: boolean) =>
    subnets
      .filter((subnet) => subnet.isPublic === isPublic)
      .map((subnet) => child(`subnet/${subnet.name}`).id);
  return {
    vpcId: child("vpc").id,
    publicSubnetIds: ids(true),
    privateSubnetIds: ids(false),
    isolatedSubnetIds: [],
  };
}
