import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of the network that a cluster runs in. */
export interface NetworkArgs {
  /** Name of the EKS cluster; static, because subnet tags and the Kubernetes provider need it in preview. */
  readonly clusterName: string;
  /** Two to four zones of the region. One may be added later, after the others; none replaced. */
  readonly availabilityZones: readonly string[];
  /** IPv4 range of the VPC, /16 to /20. */
  readonly vpcCidr: string;
  /** One NAT gateway for all zones, or one each. */
  readonly natGateways: "single" | "per-zone";
}

/** VPC with a public and a private subnet in each zone, tagged so that Auto Mode finds them. */
export function createVpc(
  name: string,
  args: NetworkArgs,
  opts: pulumi.ComponentResourceOptions,
): awsx.ec2.Vpc {
  const shared = { [`kubernetes.io/cluster/${args.clusterName}`]: "shared" };
  return new awsx.ec2.Vpc(
    name,
    {
      // Zones are named: a look-up also finds local zones, which EKS refuses (pulumi-awsx#1365).
      availabilityZoneNames: [...args.availabilityZones],
      cidrBlock: args.vpcCidr,
      enableDnsHostnames: true,
      // awsx names the VPC after the resource, which is the same in every stack.
      tags: { Name: args.clusterName },
      ...subnetLayout(args.vpcCidr, {
        public: { ...shared, "kubernetes.io/role/elb": "1" },
        private: { ...shared, "kubernetes.io/role/internal-elb": "1" },
      }),
      natGateways: { strategy: awsx.ec2.NatGatewayStrategy.None },
    },
    opts,
  );
}

/** Tags by which Auto Mode finds subnets, for each kind of them. */
interface SubnetTags {
  readonly public: Readonly<Record<string, string>>;
  readonly private: Readonly<Record<string, string>>;
}

/**
 * A quarter of the VPC for each zone, however many there are, so that another zone moves no subnet:
 * half of it is private, a quarter public, a quarter free. In a /16: /18, /19 and /20. AutoMerge keeps
 * its own order, private first, and takes the sizes and tags of these specs.
 */
function subnetLayout(vpcCidr: string, tags: SubnetTags): Partial<awsx.ec2.VpcArgs> {
  const vpcMask = Number(vpcCidr.split("/")[1]);
  return {
    subnetStrategy: awsx.ec2.SubnetAllocationStrategy.AutoMerge,
    availabilityZoneCidrMask: vpcMask + 2,
    subnetSpecs: [
      { type: awsx.ec2.SubnetType.Public, cidrMask: vpcMask + 4, tags: tags.public },
      { type: awsx.ec2.SubnetType.Private, cidrMask: vpcMask + 3, tags: tags.private },
    ],
  };
}

/** Where what leaves the private subnet of a zone goes. */
export interface PrivateRouteTable {
  readonly zone: string;
  readonly id: pulumi.Output<string>;
}

/** Each private subnet has a route table of its own, which awsx.ec2.Vpc does not give out. In the order of the zones. */
export function privateRouteTables(
  { availabilityZones }: NetworkArgs,
  vpc: awsx.ec2.Vpc,
  { parent }: pulumi.CustomResourceOptions,
): readonly PrivateRouteTable[] {
  const invokeOpts = { parent, dependsOn: [vpc] } as pulumi.InvokeOutputOptions;
  return availabilityZones.map((zone, index) => {
    const subnetId = nth(vpc.privateSubnetIds, index);
    return { zone, id: aws.ec2.getRouteTableOutput({ subnetId }, invokeOpts).routeTableId };
  });
}

/**
 * NAT gateways and the private subnets' routes to them. Made here and not by awsx.ec2.Vpc: that one
 * resolves when its last child is there, so the control plane would wait two minutes for gateways
 * that only the nodes need. Their subnets and route tables are ignored once they are made: in the
 * preview of another zone no id of any subnet is known, and all of these would be shown as replaced.
 */
export function createNatGateways(
  name: string,
  args: NetworkArgs,
  vpc: awsx.ec2.Vpc,
  routeTables: readonly PrivateRouteTable[],
  opts: pulumi.CustomResourceOptions,
): aws.ec2.Route[] {
  const zonesWithGateway =
    args.natGateways === "single" ? args.availabilityZones.slice(0, 1) : args.availabilityZones;
  const gateways = zonesWithGateway.map((zone, index) => {
    const tags = { Name: `${args.clusterName}-${zone}` };
    const address = new aws.ec2.Eip(`${name}-nat-${zone}`, { domain: "vpc", tags }, opts);
    return new aws.ec2.NatGateway(
      `${name}-nat-${zone}`,
      { subnetId: nth(vpc.publicSubnetIds, index), allocationId: address.allocationId, tags },
      { ...opts, dependsOn: [vpc], ignoreChanges: ["subnetId"] },
    );
  });
  return routeTables.map(({ zone, id }, index) => {
    const gateway = gateways[index] ?? gateways[0];
    return new aws.ec2.Route(
      `${name}-nat-${zone}`,
      {
        routeTableId: id,
        destinationCidrBlock: "0.0.0.0/0",
        ...(gateway && { natGatewayId: gateway.id }),
      },
      { ...opts, ignoreChanges: ["routeTableId"] },
    );
  });
}

/**
 * The nodes' way to S3, where ECR keeps the layers of images, and to DynamoDB: free, and what goes
 * through a NAT gateway is billed by the gigabyte. The tables of a zone that is added later are an update.
 */
export function createGatewayEndpoints(
  name: string,
  args: Pick<NetworkArgs, "clusterName"> & { readonly region: string },
  vpc: awsx.ec2.Vpc,
  routeTables: readonly PrivateRouteTable[],
  opts: pulumi.CustomResourceOptions,
): aws.ec2.VpcEndpoint[] {
  return ["s3", "dynamodb"].map(
    (service) =>
      new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId: vpc.vpcId,
          vpcEndpointType: "Gateway",
          serviceName: `com.amazonaws.${args.region}.${service}`,
          routeTableIds: routeTables.map(({ id }) => id),
          tags: { Name: `${args.clusterName}-${service}` },
        },
        { ...opts, dependsOn: [vpc] },
      ),
  );
}

/** Both subnet lists come in the order of the zones. */
const nth = (ids: pulumi.Output<string[]>, index: number): pulumi.Output<string> =>
  ids.apply((list) => {
    const id = list[index];
    if (id === undefined) throw new Error(`the VPC has no subnet number ${index + 1}`);
    return id;
  });
