import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type AlertRouting, receiverSecretKeys } from "../../observability/alertmanager/receiver";
import {
  type AlertmanagerConfig,
  alertmanagerConfig,
  receiverFolder,
} from "../../observability/alertmanager/alertmanager-config";
import { recordStack } from "../../simulation/record-stack";
import { deployedAlertmanagerConfig } from "../../verification/deployed";
import { externalTool } from "../support/external-tool";
import { forOldAmtool } from "../support/old-amtool";

const routing: AlertRouting = {
  receivers: [
    { kind: "slack", name: "chat", channel: "#alerts" },
    { kind: "pagerduty", name: "on-call", severities: ["critical"] },
    {
      kind: "sns",
      name: "topic",
      topicArn: "arn:aws:sns:eu-west-1:111122223333:alerts",
      region: "eu-west-1",
    },
    {
      kind: "email",
      name: "mail",
      severities: ["warning"],
      to: "team@example.com",
      from: "alerts@example.com",
      smarthost: "smtp.example.com:587",
      username: "alerts",
    },
    { kind: "webhook", name: "hook" },
  ],
  deadMansSwitch: { kind: "webhook", name: "heartbeat" },
};
const config = alertmanagerConfig(routing, "/etc/alertmanager/secrets/receivers");

describe("the configuration of Alertmanager", () => {
  it("names files for secrets, in the form of 0.34", () => {
    const [nobody, slack, pagerDuty, sns, email, webhook, heartbeat] = config.receivers;
    assert.deepEqual(nobody, { name: "null" });
    has(slack, "slack_configs", { api_url_file: "/etc/alertmanager/secrets/receivers/chat-url" });
    has(pagerDuty, "pagerduty_configs", {
      routing_key_file: "/etc/alertmanager/secrets/receivers/on-call-routing-key",
      client: "Grafana",
      client_url: "{{ .CommonAnnotations.dashboard_url }}",
    });
    has(sns, "sns_configs", { sigv4: { region: "eu-west-1" } });
    has(email, "email_configs", {
      auth_username: "alerts",
      auth_password_file: "/etc/alertmanager/secrets/receivers/mail-password",
      require_tls: true,
    });
    has(webhook, "webhook_configs", {
      url_file: "/etc/alertmanager/secrets/receivers/hook-url",
      send_resolved: true,
    });
    has(heartbeat, "webhook_configs", { send_resolved: false });
  });

  it("needs exactly the secrets whose files it names", () => {
    const text = JSON.stringify(config);
    const keys = receiverSecretKeys(routing);
    assert.deepEqual(keys, [
      "chat-url",
      "on-call-routing-key",
      "mail-password",
      "hook-url",
      "heartbeat-url",
    ]);
    const named = [...text.matchAll(/_file":"[^"]*\/([^"/]+)"/g)].map(([, key]) => key);
    assert.deepEqual(named, keys);
  });

  it("looks for them where the operator mounts a Secret", () => {
    assert.equal(receiverFolder("receivers"), "/etc/alertmanager/secrets/receivers");
  });

  it("tells nobody, in the chart's own words, without receivers", () => {
    const { receivers, route } = alertmanagerConfig({}, "/secrets");
    assert.deepEqual(receivers, [{ name: "null" }]);
    assert.deepEqual(new Set(route.routes?.map(({ receiver }) => receiver)), new Set(["null"]));
  });

  it("bounds each silence to what says the same", () => {
    for (const rule of config.inhibit_rules.filter(({ equal }) => equal)) {
      const bounded = [...(rule.source_matchers ?? []), ...rule.target_matchers].join(" ");
      // A label that is missing on both sides counts as equal: each rule has to say which it means.
      assert.match(bounded, /slo = ""|InfoInhibitor|TargetDown|KubeHpaMaxedOut/);
    }
  });

  it("is accepted by amtool as prod deploys it", async function () {
    const deployed = deployedAlertmanagerConfig(await recordStack("prod"));
    assert.ok(deployed.receivers.some((receiver) => "sns_configs" in receiver));
    withConfig(this, deployed, (file, amtool) => {
      const { status, stdout, stderr } = amtool("check-config", file);
      assert.equal(status, 0, stdout + stderr);
    });
  });

  it("is accepted by amtool with every kind of receiver", function () {
    withConfig(this, config, (file, amtool) => {
      const { status, stdout, stderr } = amtool("check-config", file);
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /7 receivers/);
    });
  });

  const pages = "chat,on-call,topic,hook";
  const tickets = "chat,topic,mail,hook";
  const ROUTES: readonly [labels: string[], receivers: string][] = [
    [["alertname=ServiceTargetAbsent", "severity=critical"], pages],
    [["alertname=ServiceRestarting", "severity=warning"], tickets],
    [["alertname=Watchdog", "severity=none"], "heartbeat"],
    [["alertname=InfoInhibitor", "severity=none"], "null"],
    [["alertname=CPUThrottlingHigh", "severity=info"], "null"],
    [["alertname=KubeNodeNotReady"], "null"],
  ];
  for (const [labels, receivers] of ROUTES) {
    it(`sends ${labels.join(" ")} to ${receivers}`, function () {
      withConfig(this, config, (file, amtool) => {
        const expected = `--verify.receivers=${receivers}`;
        const { status, stdout, stderr } = amtool(
          "config",
          "routes",
          "test",
          `--config.file=${file}`,
          expected,
          ...labels,
        );
        assert.equal(status, 0, stdout + stderr);
      });
    });
  }
});

function has(receiver: unknown, kind: string, expected: Record<string, unknown>): void {
  const [settings] = (receiver as Record<string, Record<string, unknown>[]>)[kind] ?? [];
  for (const [key, value] of Object.entries(expected))
    assert.deepEqual(settings?.[key], value, key);
}

/** The file as this amtool takes it: one field is younger than Debian's. */
function withConfig(
  test: Mocha.Context,
  given: AlertmanagerConfig,
  work: (file: string, amtool: (...args: string[]) => ReturnType<typeof run>) => void,
): void {
  const name = externalTool(test, "amtool");
  const folder = mkdtempSync(join(tmpdir(), "alertmanager-"));
  try {
    const file = join(folder, "alertmanager.yaml");
    writeFileSync(file, stringify(forOldAmtool(given, name)));
    work(file, (...args) => run(name, args));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const run = (name: string, args: string[]) => spawnSync(name, args, { encoding: "utf8" });
