// @ts-check
"use strict";

// What the Job runs. It ends with 0 where everything is as it must be; otherwise with 1 and one sentence,
// which the kubelet hands on as the container's termination message.

const { readFileSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const { Cluster } = require("./cluster.cjs");
const { Grafana } = require("./grafana.cjs");
const { Patience } = require("./patience.cjs");

/**
 * @typedef {object} Settings of stack.json, which stands beside this file
 * @property {number} seconds that all of it may take
 * @property {string} apiServer
 * @property {string} tokenFile
 * @property {string} terminationLog
 * @property {string} kubectl
 * @property {string} namespace
 * @property {string} prometheus name of the custom resource
 * @property {string} alertmanager name of the custom resource
 * @property {{ url: string, name: string }} grafana name of its Service, Deployment and Secret
 * @property {import("./grafana.cjs").Service[]} services
 */

/** @param {Settings} settings */
async function check(settings) {
  const { namespace, kubectl, services } = settings;
  const patience = new Patience(settings.seconds);
  const token = readFileSync(settings.tokenFile, "utf8").trim();
  const cluster = new Cluster({ ...settings, token }, patience);
  const { GRAFANA_USER: user = "", GRAFANA_PASSWORD: password = "" } = process.env;
  const { url, name } = settings.grafana;
  const deployment = `-n ${namespace} deploy/${name}`;
  const fixes = {
    unreachable: `${kubectl} describe ${deployment}`,
    login: `${kubectl} rollout restart ${deployment}, which makes Grafana read its Secret again`,
    logs: `${kubectl} logs ${deployment} --all-containers`,
    targets: `${kubectl} port-forward -n ${namespace} svc/${settings.prometheus} 9090, then http://localhost:9090/targets`,
  };
  const grafana = new Grafana(url, { user, password }, fixes, patience);

  const steps = /** @type {[string, () => Promise<string>][]} */ ([
    ["Prometheus is available", () => cluster.isAvailable("Prometheus", settings.prometheus)],
    ["Alertmanager is available", () => cluster.isAvailable("Alertmanager", settings.alertmanager)],
    ["Grafana answers", () => grafana.answers()],
    ["Grafana takes the password", () => grafana.logsIn()],
    ["Grafana reaches Prometheus", () => grafana.dataSourceIsHealthy()],
    ...services.map((service) => [`${service.name} is watched`, () => grafana.isAlive(service)]),
  ]);
  for (const [step, look] of steps) {
    const found = await patience.until(look, (why) => console.log(`waiting: ${why}`));
    console.log(`${step}: ${found}`);
  }
}

/** The kubelet cuts a longer message at its beginning or end. */
const MOST_LETTERS = 2000;

const settings = /** @type {Settings} */ (
  JSON.parse(readFileSync(path.join(__dirname, "stack.json"), "utf8"))
);
// Node is the container's first process, which no signal ends unless it is listened to.
process.on("SIGTERM", () => process.exit(143));
check(settings).catch((/** @type {Error} */ { message }) => {
  const sentence = message.slice(0, MOST_LETTERS);
  console.error(sentence);
  writeFileSync(settings.terminationLog, sentence);
  process.exitCode = 1;
});
