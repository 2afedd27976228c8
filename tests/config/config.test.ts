import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readConfig } from "../../config/config";
import { readStackFiles } from "../../simulation/stack-files";
import { PROJECT, ROOT } from "../support/simulated";

/** Key, bad value, and words of the sentence that it gets beside key, value and command. */
const BAD_INPUTS: readonly (readonly [key: string, value: string, ...words: string[]])[] = [
  ["aws:region", "tokyo", "an AWS region", "pulumi config set aws:region ap-northeast-1"],
  ["clusterName", "-prod", "beginning with a letter or digit"],
  ["clusterName", "a".repeat(41), "1 to 40 letters"],
  ["kubernetesVersion", "1.29", "1.35 or 1.34", "pulumi config set kubernetesVersion 1.35"],
  ["kubernetesVersion", "1.35.2", "1.35 or 1.34"],
  ["compute", "managed", "allowed is auto"],
  ["availabilityZones", "ap-northeast-1a", "a list"],
  [
    "availabilityZones",
    '["ap-northeast-1a"]',
    "two or more different zones",
    "availabilityZones[1]",
  ],
  ["availabilityZones", '["ap-northeast-1a","ap-northeast-1a"]', "two or more different zones"],
  ["availabilityZones", '["ap-northeast-1a","ap-northeast-1c","ap-northeast-1a"]', "each once"],
  ["availabilityZones", '["us-east-1a","us-east-1b"]', "an availability zone of ap-northeast-1"],
  ["availabilityZones", '["ap-northeast-1-tpe-1a","ap-northeast-1a"]', "no local zone"],
  ["vpcCidr", "10.0.0.0", "an IPv4 network from /16 to /20"],
  ["vpcCidr", "10.0.0.0/24", "from /16 to /20"],
  ["vpcCidr", "10.0.1.0/16", "its host bits zero"],
  ["vpcCidr", "fd00::/16", "an IPv4 network"],
  ["natGateways", "none", "single or per-zone"],
  ["apiServerCidrs", "[]", "at least one CIDR", "checkip.amazonaws.com"],
  ["apiServerCidrs", '["198.51.100.7"]', "in CIDR form", "apiServerCidrs[0]"],
  ["adminRoleArns", '["platform-admin"]', "the ARN of an IAM role"],
  ["adminRoleArns", '["arn:aws:iam::111122223333:user/jo"]', "the ARN of an IAM role"],
  ["monitoringNamespace", "Prometheus", "lower-case letters"],
  ["monitoringNamespace", "kube-system", "not kube-*"],
  ["serviceNamespace", "default", "not default"],
  ["serviceNamespace", "prometheus", "other than monitoringNamespace"],
  ["retentionDays", "a month", "a whole number from 1 to 3650"],
  ["retentionDays", "0", "a whole number from 1 to 3650"],
  ["retentionDays", "30", "31 or more", "pulumi config set retentionDays 31"],
  ["retentionSize", "40Gi", "a whole number with MiB, GiB or TiB"],
  [
    "retentionSize",
    "60GiB",
    "less than prometheusVolumeGiB (50)",
    "pulumi config rm retentionSize",
  ],
  ["persistence", "yes", "false or true"],
  ["prometheusVolumeGiB", "50GiB", "a whole number from 10 to 16384"],
  ["prometheusVolumeGiB", "5", "a whole number from 10 to 16384"],
  ["alertmanagerVolumeGiB", "-1", "a whole number from 1 to 1024"],
  ["grafanaVolumeGiB", "1.5", "a whole number from 1 to 1024"],
  ["prometheusReplicas", "4", "a whole number from 1 to 3"],
  ["scrapeInterval", "30", "5s to 2m"],
  ["scrapeInterval", "5m", "5s to 2m"],
  ["grafanaDomain", "https://grafana.example.com", "without https://"],
  ["grafanaDomain", "grafana.example.com", "the ACM certificate of grafanaDomain"],
  ["grafanaCertificateArn", "grafana.pem", "the ARN of an ACM certificate in ap-northeast-1"],
  [
    "grafanaCertificateArn",
    "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d",
    "in ap-northeast-1",
  ],
  [
    "grafanaCertificateArn",
    "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d",
    "only together with grafanaDomain",
  ],
  ["grafanaAllowedCidrs", "[]", "over plain HTTP", "checkip.amazonaws.com"],
  ["grafanaAllowedCidrs", '["0.0.0.0/0"]', "not the whole internet"],
  ["grafanaAllowedCidrs", '["0.0.0.0/1","128.0.0.0/1"]', "/8 or narrower"],
  ["grafanaAllowedCidrs", '["203.0.113.300/32"]', "in CIDR form"],
  ["receivers", "[]", "alerts would reach nobody", "pulumi config set requireReceiver false"],
  ["receivers", '["slack"]', "a list of objects"],
  ["receivers", '[{"name":"a","kind":"fax"}]', "slack, pagerduty, sns, email, webhook"],
  ["receivers", '[{"name":"a","kind":"slack","channel":"alerts"}]', "a channel with its #"],
  ["receivers", '[{"name":"a","kind":"sns","email":"me"}]', "an e-mail address"],
  ["receivers", '[{"name":"a","kind":"sns","topicArn":"alerts"}]', "the ARN of an SNS topic"],
  ["receivers", '[{"name":"a","kind":"sns"}]', "either email"],
  ["receivers", '[{"name":"a","kind":"webhook","severities":[]}]', "critical, warning or both"],
  ["receivers", '[{"name":"a","kind":"sns","chanel":"#a"}]', "one of name, kind, severities"],
  ["receivers", '[{"name":"a","kind":"sns","severities":["page"]}]', "critical and warning"],
  [
    "receivers",
    '[{"name":"a","kind":"email","to":"a@b.cd","from":"a@b.cd","smarthost":"smtp"}]',
    "host:port of an SMTP server",
  ],
  ["requireReceiver", "no", "false or true"],
  ["runbookBaseUrl", "http://runbooks.example.com", "an address with https://"],
  ["runbookBaseUrl", "https://runbooks.example.com/", "without a slash at its end"],
  ["taskServiceImage", "task-service", "a tag other than latest"],
  ["taskServiceImage", "task-service:latest", "a tag other than latest"],
  ["taskServiceReplicas", "0", "a whole number from 1 to 100"],
  ["taskStore", "redis", "memory or dynamodb"],
  ["deletionProtection", "on", "false or true"],
];

const SECRET = [`${PROJECT}:receiverSecrets`];

/** Sets prod's configuration with some full or project keys changed, and reads it. */
async function read(
  changes: Readonly<Record<string, string>>,
  stack = "prod",
  secretKeys: readonly string[] = [],
): Promise<void> {
  const { config } = readStackFiles(ROOT, "prod");
  const full = Object.entries(changes).map(([key, value]): [string, string] => [
    key.includes(":") ? key : `${PROJECT}:${key}`,
    value,
  ]);
  pulumi.runtime.setAllConfig({ ...config, ...Object.fromEntries(full) }, [...secretKeys]);
  const none = () => ({ id: "", state: {} });
  await pulumi.runtime.setMocks({ newResource: none, call: () => ({}) }, PROJECT, stack);
}

async function messageOf(
  changes: Readonly<Record<string, string>>,
  stack = "prod",
  secretKeys: readonly string[] = [],
): Promise<string> {
  await read(changes, stack, secretKeys);
  try {
    readConfig();
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), `not a RunError: ${String(error)}`);
    return error.message;
  }
  return assert.fail(`accepted ${JSON.stringify(changes)}`);
}

describe("config", () => {
  for (const [key, value, ...words] of BAD_INPUTS) {
    it(`refuses ${key} ${value}`, async () => {
      const message = await messageOf({ [key]: value });
      assert.match(message, /^The configuration of stack prod has \d+ problems?:\n/);
      for (const part of [key, ...words]) {
        assert.ok(message.includes(part), `no "${part}" in\n${message}`);
      }
      const line = message.split("\n").find((each) => each.includes(words[0] ?? "")) ?? "";
      assert.match(line, /: got .+, allowed is .+\. Mend it with: pulumi config (set|rm) /);
    });
  }

  it("accepts what the catalogue and the two checked-in stacks say", async () => {
    await read({});
    const config = readConfig();
    assert.equal(config.cluster.prefix, "eks-monitoring-prod");
    assert.equal(config.cluster.clusterName, "eks-monitoring-prod");
    assert.deepEqual(config.monitoring.volumes, { prometheus: 50, alertmanager: 2, grafana: 10 });
    assert.deepEqual(config.taskService.replicas, { min: 3, max: 15 });
  });

  it("accepts a domain with its certificate, then without allowed CIDRs", async () => {
    const certificateArn = "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d";
    await read({
      grafanaDomain: "grafana.example.com",
      grafanaCertificateArn: certificateArn,
      grafanaAllowedCidrs: "[]",
    });
    const { https } = readConfig().monitoring.grafana;
    assert.deepEqual(https, { domain: "grafana.example.com", certificate: certificateArn });
  });

  it("names all problems at once", async () => {
    const message = await messageOf({ natGateways: "none", retentionDays: "x", taskStore: "y" });
    assert.match(message, /has 3 problems:/);
    assert.equal(message.split("\n").length, 4);
  });

  it("asks what an unknown key was meant to be", async () => {
    const message = await messageOf({ retentionDay: "31" });
    assert.match(message, /retentionDay: no such key\. Did you mean retentionDays\?/);
    assert.match(message, /pulumi config rm retentionDay$/m);
  });

  it("does not guess where nothing is near", async () => {
    const message = await messageOf({ colour: "blue" });
    assert.match(message, /colour: no such key\. Allowed are/);
  });

  it("leaves the keys of other namespaces alone", async () => {
    await read({ "policy:level": "strict" });
    assert.equal(readConfig().region, "ap-northeast-1");
  });

  it("does not ignore provider config in silence: the account would be another", async () => {
    const message = await messageOf({ "aws:profile": "platform" });
    assert.match(message, /aws:profile: got "platform", allowed is only aws:region/);
    assert.match(message, /pulumi config rm aws:profile .*AWS_PROFILE/);
  });

  it("refuses a stack whose name makes no name in AWS", async () => {
    for (const stack of ["feature.x", "dev-", "a".repeat(50)]) {
      const message = await messageOf({}, stack);
      assert.match(message, /stack: got ".+", allowed is a name of letters, digits/);
    }
  });

  it("takes no secret in clear, and no secret that is no text", async () => {
    const slack = { receivers: '[{"name":"chat","kind":"slack","channel":"#alerts"}]' };
    const clear = await messageOf({ ...slack, receiverSecrets: '{"chat-url":"opaque-value"}' });
    assert.match(clear, /receiverSecrets: got "values in clear", allowed is secrets only/);
    assert.ok(!clear.includes("opaque-value"));
    const empty = await messageOf({ ...slack, receiverSecrets: '{"chat-url":""}' }, "prod", SECRET);
    assert.match(empty, /receiverSecrets\.chat-url: .*allowed is a text that is not empty/);
  });

  it("does not show a value that is a secret", async () => {
    const key = `${PROJECT}:grafanaDomain`;
    const message = await messageOf({ grafanaDomain: "opaque value" }, "prod", [key]);
    assert.match(message, /grafanaDomain: got \[secret\], allowed is a host name/);
    assert.ok(!message.includes("opaque value"));
  });

  it("reports a region that is missing", async () => {
    const message = await messageOf({ "aws:region": "" });
    assert.match(message, /aws:region: got nothing, allowed is an AWS region/);
  });
});
