import type { Account, Behaviour, Making, Properties } from "../resource";
import { at, secret, textAt } from "../resource";
import { hourly, prices, traffic } from "./prices";

/** The `aws`, `docker-build`, `random` and `time` types that the program and its components use. */
export const awsBehaviours: Readonly<Record<string, Behaviour>> = {
  "pulumi:providers:aws": { duration: "instant" },
  "pulumi:providers:kubernetes": { duration: "instant" },

  "aws:ec2/vpc:Vpc": network("vpc"),
  "aws:ec2/internetGateway:InternetGateway": network("igw"),
  "aws:ec2/subnet:Subnet": network("subnet"),
  "aws:ec2/routeTable:RouteTable": network("rtb"),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": network("rtbassoc"),
  "aws:ec2/route:Route": network("r"),
  "aws:ec2/eip:Eip": {
    ...network("eipalloc"),
    outputs: ({ hash }) => ({ allocationId: awsId("eipalloc", hash) }),
    charges: ({ account }) => [hourly("Public IPv4 addresses", prices(account.region).publicIpv4)],
  },
  "aws:ec2/natGateway:NatGateway": {
    ...network("nat"),
    duration: "natGateway",
    charges: ({ account }) => {
      const { natGatewayHour, natGatewayGB } = prices(account.region);
      return [
        hourly("NAT gateways", natGatewayHour),
        { item: "NAT traffic", monthlyUsd: natGatewayGB * traffic.natGB },
      ];
    },
  },

  "aws:iam/role:Role": {
    duration: "awsCall",
    id: roleName,
    outputs: (making) => ({
      name: roleName(making),
      arn: `arn:aws:iam::${making.account.accountId}:role/${roleName(making)}`,
    }),
  },
  "aws:iam/rolePolicy:RolePolicy": { duration: "awsCall" },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { duration: "awsCall" },

  "aws:eks/cluster:Cluster": {
    duration: "controlPlane",
    id: ({ inputs }) => textAt(inputs, "name"),
    outputs: ({ inputs, account, hash }) => ({
      arn: `arn:aws:eks:${account.region}:${account.accountId}:cluster/${textAt(inputs, "name")}`,
      endpoint: `https://${hash.slice(0, 32).toUpperCase()}.gr7.${account.region}.eks.amazonaws.com`,
      certificateAuthority: { data: Buffer.from("simulated").toString("base64") },
    }),
    charges: ({ account }) => [
      hourly("EKS control plane (standard support)", prices(account.region).controlPlane),
    ],
  },
  "aws:eks/accessEntry:AccessEntry": { duration: "awsCall" },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": { duration: "awsCall" },
  "aws:eks/addon:Addon": { duration: "addon" },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    duration: "awsCall",
    id: ({ hash }) => awsId("a", hash),
  },

  "aws:ecr/repository:Repository": {
    duration: "awsCall",
    id: ({ inputs }) => textAt(inputs, "name"),
    outputs: ({ inputs, account }) => ({
      registryId: account.accountId,
      repositoryUrl: `${account.accountId}.dkr.ecr.${account.region}.amazonaws.com/${textAt(inputs, "name")}`,
      arn: `arn:aws:ecr:${account.region}:${account.accountId}:repository/${textAt(inputs, "name")}`,
    }),
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": { duration: "awsCall" },
  "docker-build:index:Image": {
    duration: "imageBuild",
    outputs: ({ hash }) => ({
      digest: `sha256:${hash}`,
      contextHash: hash,
    }),
  },

  "aws:sns/topic:Topic": {
    duration: "awsCall",
    id: topicArn,
    outputs: (making) => ({ arn: topicArn(making) }),
  },
  "aws:sns/topicSubscription:TopicSubscription": { duration: "awsCall" },

  "aws:dynamodb/table:Table": {
    duration: "dynamoTable",
    id: ({ inputs }) => textAt(inputs, "name"),
    outputs: ({ inputs, account }) => ({
      arn: `arn:aws:dynamodb:${account.region}:${account.accountId}:table/${textAt(inputs, "name")}`,
    }),
    charges: ({ account }) => {
      const { dynamoWrites, dynamoReads } = prices(account.region);
      const { dynamoMillionWrites, dynamoMillionReads } = traffic;
      const monthlyUsd = dynamoWrites * dynamoMillionWrites + dynamoReads * dynamoMillionReads;
      return [{ item: "DynamoDB requests", monthlyUsd }];
    },
  },

  "random:index/randomPassword:RandomPassword": {
    duration: "instant",
    id: () => "none",
    // The real provider's result is random; this one is the same in every run and never printed.
    outputs: ({ hash, inputs }) => ({
      result: secret(hash.slice(0, Number(at(inputs, "length")))),
    }),
  },
  "time:index/sleep:Sleep": {
    duration: ({ inputs }) => ({
      create: secondsAt(inputs, "createDuration"),
      delete: secondsAt(inputs, "destroyDuration"),
    }),
  },
};

/** A type of EC2's network: an id with its prefix, made by one call. */
function network(prefix: string): Behaviour {
  return { duration: "awsCall", id: ({ hash }) => awsId(prefix, hash) };
}

/** As AWS writes ids: a prefix and 17 hexadecimal digits. */
function awsId(prefix: string, hash: string): string {
  return `${prefix}-${hash.slice(0, 17)}`;
}

/** A Go duration, as far as the program writes one: whole seconds. */
function secondsAt(inputs: Properties, key: string): number {
  return at(inputs, key) === undefined ? 0 : Number.parseInt(textAt(inputs, key), 10);
}

function topicArn({ inputs, account }: Making): string {
  return `arn:aws:sns:${account.region}:${account.accountId}:${textAt(inputs, "name")}`;
}

function roleName({ inputs, name, hash }: Making): string {
  const given = at(inputs, "name");
  return typeof given === "string" ? given : `${name}-${hash.slice(0, 7)}`;
}

/** What the program asks without making anything. */
export const invokes: Readonly<
  Record<string, (inputs: Properties, account: Account) => Properties>
> = {
  "aws:ec2/getRouteTable:getRouteTable": (inputs) => ({
    subnetId: textAt(inputs, "subnetId"),
    // awsx gives a subnet and its route table one name, and ids are made from names.
    routeTableId: textAt(inputs, "subnetId").replace(/^subnet-/, "rtb-"),
  }),
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": (inputs, account) => ({
    userName: "AWS",
    password: "a-token-of-the-simulated-registry",
    proxyEndpoint: `https://${account.accountId}.dkr.ecr.${account.region}.amazonaws.com`,
    ...inputs,
  }),
};
