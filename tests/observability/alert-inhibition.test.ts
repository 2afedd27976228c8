import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { recordStack } from "../../simulation/record-stack";
import { deployedAlertmanagerConfig } from "../../verification/deployed";
import { Child } from "../../verification/child-process";
import { externalTool } from "../support/external-tool";

/** Labels of alerts by a name for them, as Prometheus would send them. */
const ALERTS: Readonly<Record<string, Record<string, string>>> = {
  "a page of an objective": burn("critical", "shop", "availability"),
  "its earlier ticket": burn("warning", "shop", "availability"),
  "a ticket of the service's other objective": burn("warning", "shop", "latency"),
  "a ticket of another service": burn("warning", "office", "availability"),
  "a ticket of the same service without objective": {
    alertname: "ServiceRestarting",
    severity: "warning",
    namespace: "prod",
    service: "shop",
  },
  "a page of a target that is gone": gone("critical", "ServiceTargetAbsent", "cart"),
  "the chart's ticket of it": gone("warning", "TargetDown", "cart"),
  "the chart's ticket of another target": gone("warning", "TargetDown", "office"),
  "the chart's ticket of that name in another namespace": {
    ...gone("warning", "TargetDown", "cart"),
    namespace: "dev",
  },
  "another ticket of that service": gone("warning", "ServiceRestarting", "cart"),
  "a ticket of an autoscaler": maxed("ServiceAutoscalerAtMaximum", "shop"),
  "the chart's ticket of the autoscaler": maxed("KubeHpaMaxedOut", "shop"),
  "the chart's ticket of another autoscaler": maxed("KubeHpaMaxedOut", "office"),
  "a page of the chart": { alertname: "KubeletDown", severity: "critical" },
  "a ticket of the chart": { alertname: "NodeClockSkew", severity: "warning" },
  "the chart's own ticket with a page": full("warning"),
  "the chart's own page with a ticket": full("critical"),
};

describe("a running Alertmanager", () => {
  it("silences what says the same, and nothing else", async function () {
    const program = externalTool(this, "alertmanager", "prometheus-alertmanager");
    const folder = mkdtempSync(join(tmpdir(), "inhibition-"));
    const file = join(folder, "alertmanager.yaml");
    const config = deployedAlertmanagerConfig(await recordStack("prod"));
    // Routes and inhibition as deployed; nobody is really told.
    const receivers = config.receivers.map(({ name }) => ({ name }));
    writeFileSync(file, stringify({ ...config, receivers }));
    const child = Child.start(program, [
      `--config.file=${file}`,
      `--storage.path=${folder}`,
      "--web.listen-address=127.0.0.1:0",
      "--cluster.listen-address=",
    ]);
    try {
      const port = await child.says(
        (output) => /Listening on"?.* address=127\.0\.0\.1:(\d+)/.exec(output)?.[1],
      );
      const url = `http://127.0.0.1:${port}`;
      await child.answers(`${url}/-/ready`);
      assert.deepEqual(await suppressed(`${url}/api/v2/alerts`), [
        "the chart's own ticket with a page",
        "the chart's ticket of it",
        "the chart's ticket of the autoscaler",
      ]);
    } finally {
      await child.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

/** Sends all alerts. @returns the names of those that Alertmanager will not notify of */
async function suppressed(url: string): Promise<string[]> {
  const body = Object.entries(ALERTS).map(([name, labels]) => ({
    labels,
    annotations: { name },
  }));
  const headers = { "content-type": "application/json" };
  const sent = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(sent.status, 200, await sent.text());
  const alerts = (await (await fetch(url)).json()) as {
    annotations: { name: string };
    status: { inhibitedBy: string[] };
  }[];
  assert.equal(alerts.length, Object.keys(ALERTS).length);
  return alerts
    .filter(({ status }) => status.inhibitedBy.length > 0)
    .map(({ annotations }) => annotations.name)
    .sort();
}

function burn(severity: string, service: string, slo: string): Record<string, string> {
  return { alertname: "ServiceAvailabilityBudgetBurn", severity, namespace: "prod", service, slo };
}

function gone(severity: string, alertname: string, service: string): Record<string, string> {
  return { alertname, severity, namespace: "prod", service };
}

function maxed(alertname: string, horizontalpodautoscaler: string): Record<string, string> {
  return { alertname, severity: "warning", namespace: "prod", horizontalpodautoscaler };
}

function full(severity: string): Record<string, string> {
  return { alertname: "NodeFilesystemFull", severity, namespace: "prometheus", instance: severity };
}
