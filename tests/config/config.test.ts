import assert from "node:assert/strict";
import { Region } from "@pulumi/aws";
import { readStackFiles } from "../../simulation/stack-files";
import { REGIONS } from "../../config/regions";
import { PROVIDER } from "../support/sample-login";
import { PROJECT_NAME, ROOT } from "../support/simulated";
import { problemsOf, readAs } from "../support/stack-config";
import { handed, NEVER_SHOWN, secret, titleOf } from "./bad-configuration";
import { BAD_CONFIGURATIONS } from "./bad-configurations";

describe("config", () => {
  for (const each of BAD_CONFIGURATIONS) {
    it(`refuses ${titleOf(each)}`, async () => {
      const sentences = await problemsOf(each.stack ?? "prod", handed(each.set));
      const message = sentences.join("\n");
      for (const part of each.told)
        assert.ok(message.includes(part), `no "${part}" in\n${message}`);
      for (const sentence of sentences) {
        assert.match(sentence, /^\S.* must be .+; got .+\. Fix: pulumi (config|stack) \S.+$/);
      }
      for (const text of NEVER_SHOWN) assert.ok(!message.includes(text), `"${text}" is shown`);
    });
  }

  it("accepts what the catalogue and the checked-in stacks say", async () => {
    const config = await readAs("prod", handed({}));
    assert.ok(config.cluster.platform === "eks");
    assert.equal(config.cluster.prefix, `${PROJECT_NAME}-prod`);
    assert.equal(config.cluster.clusterName, `${PROJECT_NAME}-prod`);
    assert.deepEqual(config.monitoring.volumes, { prometheus: 50, alertmanager: 2 });
    assert.deepEqual(config.services.taskService?.replicas, { min: 3, max: 15 });
    assert.deepEqual(await problemsOf("dev", readStackFiles(ROOT, "dev")), []);
    assert.deepEqual(await problemsOf("local", readStackFiles(ROOT, "local")), []);
  });

  it("runs one pod, and never more, where tasks are in memory", async () => {
    const { services } = await readAs("dev", readStackFiles(ROOT, "dev"));
    assert.deepEqual(services.taskService?.replicas, { min: 1, max: 1 });
    assert.equal(services.taskService.table, undefined);
  });

  it("accepts a domain with its certificate, and with a login then without allowed CIDRs", async () => {
    const certificateArn = "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d";
    const config = await readAs(
      "prod",
      handed({
        grafanaDomain: "grafana.example.com",
        grafanaCertificateArn: certificateArn,
        grafanaAllowedCidrs: [],
        grafanaOidc: {
          ...PROVIDER,
          scopes: ["openid", "email", "groups"],
          groups: "resource_access.grafana.roles",
          admins: ["Équipe SRE", "a1b2-c3d4"],
          domains: ["example.com"],
        },
        grafanaSecrets: { "oidc-client-secret": secret("opaque-value") },
      }),
    );
    const { https, oidc } = config.monitoring.grafana;
    assert.deepEqual(oidc?.admins, ["Équipe SRE", "a1b2-c3d4"]);
    assert.equal(oidc.groups, "resource_access.grafana.roles");
    assert.deepEqual(https, { domain: "grafana.example.com", certificate: certificateArn });
  });

  it("asks for no CIDRs where a load balancer is inside only, and Grafana has a domain", async () => {
    const inside = {
      grafanaDomain: "grafana.example.com",
      grafanaCertificateArn: "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d",
      grafanaAllowedCidrs: [],
    };
    const told = await problemsOf("prod", handed(inside));
    assert.match(told.join(), /grafanaAllowedCidrs must be a list of the networks/);
    const internal = { ...inside, loadBalancerScheme: "internal" };
    assert.deepEqual(await problemsOf("prod", handed(internal)), []);
  });

  it("accepts what is just within its bounds", async () => {
    const edges = {
      apiServerCidrs: Array.from({ length: 40 }, (_, index) => `198.51.100.${index}/32`),
      grafanaAllowedCidrs: ["9.0.0.0/9", "9.128.0.0/9", "9.1.0.0/16"],
      retentionSize: "44GiB",
      vpcCidr: "172.31.240.0/20",
      serviceImages: {
        "task-service": `registry.example.com:5000/task-service:1.4.2@sha256:${"0".repeat(64)}`,
      },
      receiverSecrets: {},
    };
    assert.deepEqual(await problemsOf("prod", handed(edges)), []);
    const small = { persistence: false, retentionSize: "40GiB" };
    assert.deepEqual(await problemsOf("prod", handed(small)), []);
    assert.deepEqual(await problemsOf("a".repeat(36), handed({})), []);
  });

  it("parses every kind of receiver, with the secrets that they read", async () => {
    const topicArn = "arn:aws:sns:us-east-1:111122223333:alerts";
    const mail = { to: "a@example.com", from: "b@example.com", smarthost: "smtp.example.com:587" };
    const receivers = [
      { name: "chat", kind: "slack", channel: "#alerts", severities: ["warning"] },
      { name: "pager", kind: "pagerduty", severities: ["critical"] },
      { name: "topic", kind: "sns", topicArn },
      { name: "new-topic", kind: "sns", email: "a@example.com" },
      { name: "mail", kind: "email", ...mail },
      { name: "login", kind: "email", ...mail, username: "jo" },
      { name: "hook", kind: "webhook" },
    ];
    const names = ["chat-url", "pager-routing-key", "login-password", "hook-url"];
    const secret = { secret: "https://hooks.example.com/1" };
    const receiverSecrets = Object.fromEntries(
      [...names, "dead-mans-switch-url"].map((name) => [name, secret]),
    );
    const config = await readAs("prod", handed({ receivers, receiverSecrets }));
    const { alerting } = config.monitoring;
    assert.deepEqual(
      alerting.receivers,
      receivers.map((receiver) =>
        receiver.kind !== "sns"
          ? receiver
          : { ...receiver, region: receiver.name === "topic" ? "us-east-1" : "ap-northeast-1" },
      ),
    );
    assert.deepEqual(alerting.deadMansSwitch, { kind: "webhook", name: "dead-mans-switch" });
    assert.ok(alerting.secrets);
  });

  it("leaves the keys of other namespaces alone", async () => {
    assert.deepEqual(await problemsOf("prod", handed({ "policy:level": "strict" })), []);
  });

  it("says how to mend a catalogue that has lost a key", async () => {
    const { config } = handed({});
    const without = Object.entries(config).filter(([key]) => key !== `${PROJECT_NAME}:taskStore`);
    const lost = { config: Object.fromEntries(without), secretKeys: [] };
    const [sentence] = await problemsOf("prod", lost);
    assert.match(sentence ?? "", /^taskStore must be in the catalogue .+ Fix: npm run fix$/);
  });

  it("knows the regions that the AWS provider knows, but the isolated partitions", () => {
    const known = Object.values(Region).filter((region) => !region.includes("-iso"));
    assert.deepEqual([...REGIONS], known.sort(), "copy the enum Region into config/regions.ts");
  });
});
