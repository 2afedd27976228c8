import * as pulumi from "@pulumi/pulumi";
import { at, type Properties } from "../resource";
import { awsId } from "./aws-ids";
import type { Behaviour, CloudResource, Reference } from "./behaviour";
import type { Invoke } from "./invoke";
import { hourly, monthly, prices, traffic } from "./prices";
import { byInput } from "./references";

const VPC = "aws:ec2/vpc:Vpc";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const SUBNET = "aws:ec2/subnet:Subnet";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const EIP = "aws:ec2/eip:Eip";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";

/** The network: each type has ids of a prefix of its own and is made by one call. */
export const ec2: Readonly<Record<string, Behaviour>> = {
  [VPC]: {
    ...network("vpc"),
    outputs: () => ({ ipv6CidrBlock: "" }),
    replacedBy: ["cidrBlock"],
    holdsInterfaces: true,
  },
  [GATEWAY]: {
    ...network("igw"),
    identity: ["vpcId"],
    references: [byInput("vpcId", VPC, "refused")],
    holdsInterfaces: true,
  },
  [SUBNET]: {
    ...network("subnet"),
    identity: ["vpcId", "cidrBlock"],
    replacedBy: ["vpcId", "availabilityZone", "cidrBlock"],
    references: [byInput("vpcId", VPC, "refused")],
    holdsInterfaces: true,
  },
  [TABLE]: {
    ...network("rtb"),
    replacedBy: ["vpcId"],
    references: [byInput("vpcId", VPC, "refused")],
  },
  [ASSOCIATION]: {
    ...network("rtbassoc"),
    identity: ["subnetId"],
    replacedBy: ["subnetId"],
    references: [byInput("routeTableId", TABLE, "refused"), byInput("subnetId", SUBNET)],
  },
  "aws:ec2/route:Route": {
    ...network("r"),
    identity: ["routeTableId", "destinationCidrBlock"],
    replacedBy: ["routeTableId", "destinationCidrBlock"],
    references: [
      byInput("routeTableId", TABLE, "takes along"),
      byInput("gatewayId", GATEWAY),
      byInput("natGatewayId", NAT_GATEWAY),
    ],
  },
  [EIP]: {
    ...network("eipalloc"),
    outputs: ({ hash }) => ({ allocationId: awsId("eipalloc", hash) }),
    replacedBy: ["domain"],
    charges: ({ account }) => [hourly("Public IPv4 addresses", prices(account.region).publicIpv4)],
  },
  [NAT_GATEWAY]: {
    ...network("nat"),
    duration: "natGateway",
    replacedBy: ["subnetId", "allocationId"],
    references: [
      byInput("subnetId", SUBNET, "refused"),
      byInput("allocationId", EIP, "refused"),
      wayOut(),
    ],
    charges: ({ account }) => {
      const { natGatewayHour, natGatewayGB } = prices(account.region);
      return [
        hourly("NAT gateways", natGatewayHour),
        monthly("NAT traffic", natGatewayGB, traffic.natGB),
      ];
    },
  },
  [ENDPOINT]: {
    ...network("vpce"),
    identity: ["vpcId", "serviceName"],
    replacedBy: ["vpcId", "serviceName", "vpcEndpointType"],
    references: [byInput("vpcId", VPC, "refused"), byInput("routeTableIds", TABLE)],
    charges: ({ account }) => [hourly("Gateway endpoints", prices(account.region).gatewayEndpoint)],
  },
};

/** A public NAT gateway needs the internet gateway of its VPC, which cannot be detached before it. */
function wayOut(): Reference {
  return {
    to: GATEWAY,
    because: "its VPC has no way to the internet without it",
    matches: (nat, gateway, all) => {
      const subnet = all.find(
        ({ type, id }) => type === SUBNET && id === at(nat.inputs, "subnetId"),
      );
      return subnet !== undefined && at(subnet.inputs, "vpcId") === at(gateway.inputs, "vpcId");
    },
    onDelete: "refused",
  };
}

function network(prefix: string): Behaviour {
  return { duration: "awsCall", id: ({ hash }) => awsId(prefix, hash) };
}

/** Zones that a stack has subnets in, at least one. */
export function zonesOf(resources: readonly CloudResource[]): number {
  const zones = resources
    .filter(({ type }) => type === SUBNET)
    .map(({ inputs }) => at(inputs, "availabilityZone"));
  return Math.max(1, new Set(zones).size);
}

export const ec2Invokes: Readonly<Record<string, Invoke>> = {
  "aws:ec2/getRouteTable:getRouteTable": (inputs, { resources }) => {
    const { subnetId } = inputs;
    const association = resources.find(
      (resource) => resource.type === ASSOCIATION && at(resource.inputs, "subnetId") === subnetId,
    );
    if (!association) {
      throw new pulumi.RunError(
        `aws.ec2.getRouteTable: query returned no results: subnet ${String(subnetId)} has no route table. ` +
          "Fix: ask after the association is made (dependsOn)",
      );
    }
    return { subnetId, routeTableId: association.inputs.routeTableId } satisfies Properties;
  },
};
