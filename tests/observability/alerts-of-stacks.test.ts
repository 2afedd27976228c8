import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { alertmanagerConfig } from "../../observability/alertmanager/alertmanager-config";
import { Child } from "../../verification/child-process";
import { externalTool } from "../support/external-tool";

/** What PagerDuty is asked for: one key is one incident. */
interface Incident {
  readonly dedup_key: string;
  readonly payload: {
    readonly summary: string;
    readonly custom_details: { readonly text: string };
  };
}

const ALERT = {
  alertname: "ServiceTargetAbsent",
  severity: "critical",
  namespace: "prod",
  service: "task-service",
};
const STACKS = [
  { stack: "dev", cluster: "monitoring-dev" },
  { stack: "prod", cluster: "monitoring-prod" },
];

describe("One alert in two stacks that share a key of PagerDuty", () => {
  it("is two incidents, and each says which stack it is of", async function () {
    const program = externalTool(this, "alertmanager", "prometheus-alertmanager");
    const folder = mkdtempSync(join(tmpdir(), "stacks-"));
    const incidents: Incident[] = [];
    const pagerDuty = await listen(incidents);
    try {
      for (const labels of STACKS) {
        // Each stack has an Alertmanager of its own.
        const port = (pagerDuty.address() as AddressInfo).port;
        const told = incidents.length;
        await alertIn(
          program,
          folder,
          port,
          { ...ALERT, ...labels },
          () => incidents.length > told,
        );
      }
      assert.equal(incidents.length, STACKS.length);
      assert.equal(new Set(incidents.map(({ dedup_key }) => dedup_key)).size, STACKS.length);
      assert.deepEqual(
        incidents.map(({ payload }) => payload.summary),
        ["[critical] dev: It is gone", "[critical] prod: It is gone"],
      );
      for (const [index, { cluster }] of STACKS.entries()) {
        const text = incidents[index]?.payload.custom_details.text ?? "";
        assert.ok(text.includes(`(critical, prod, ${cluster})`), text);
      }
    } finally {
      pagerDuty.close();
      rmSync(folder, { recursive: true });
    }
  });
});

async function listen(incidents: Incident[]): Promise<Server> {
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      incidents.push(JSON.parse(chunks.join("")) as Incident);
      response.writeHead(202).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Runs an Alertmanager until it has told of one alert, ten seconds at most. */
async function alertIn(
  program: string,
  folder: string,
  port: number,
  labels: Readonly<Record<string, string>>,
  hasTold: () => boolean,
): Promise<void> {
  const routing = { receivers: [{ kind: "pagerduty", name: "on-call" }] } as const;
  const config = alertmanagerConfig(routing, folder);
  writeFileSync(join(folder, "on-call-routing-key"), "0123456789abcdef0123456789abcdef");
  const global = { ...config.global, pagerduty_url: `http://127.0.0.1:${port}/v2/enqueue` };
  // All of it as deployed, but nobody waits for others of the group.
  const text = stringify({ ...config, global }).replaceAll("group_wait: 10s", "group_wait: 0s");
  const file = join(folder, "alertmanager.yaml");
  writeFileSync(file, text);
  const child = Child.start(program, [
    `--config.file=${file}`,
    `--storage.path=${join(folder, labels.stack ?? "")}`,
    "--web.listen-address=127.0.0.1:0",
    "--cluster.listen-address=",
  ]);
  try {
    const address = await child.says(
      (output) => /Listening on"?.* address=127\.0\.0\.1:(\d+)/.exec(output)?.[1],
    );
    const url = `http://127.0.0.1:${address}`;
    await child.answers(`${url}/-/ready`);
    const body = JSON.stringify([{ labels, annotations: { summary: "It is gone" } }]);
    const headers = { "content-type": "application/json" };
    const sent = await fetch(`${url}/api/v2/alerts`, { method: "POST", headers, body });
    assert.equal(sent.status, 200, await sent.text());
    for (let tries = 0; tries < 100 && !hasTold(); tries++) await delay(100);
  } finally {
    await child.stop();
  }
}
