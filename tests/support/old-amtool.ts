import { spawnSync } from "node:child_process";
import type { AlertmanagerConfig } from "../../observability/alertmanager/alertmanager-config";

/** The first release whose webhooks can read their address from a file; Debian 12 has 0.25. */
const FIRST_WITH_URL_FILE = [0, 26];

/**
 * The configuration as an installed amtool takes it: where that is older than the cluster's
 * Alertmanager, `url_file` of webhooks becomes `url`. Nothing else is changed.
 */
export function forOldAmtool(config: AlertmanagerConfig, amtool: string): AlertmanagerConfig {
  if (knowsUrlFile(amtool)) return config;
  const receivers = config.receivers.map((receiver) => {
    const [webhook] = (receiver.webhook_configs ?? []) as readonly Record<string, unknown>[];
    if (!webhook) return receiver;
    const others = Object.entries(webhook).filter(([field]) => field !== "url_file");
    const url = "http://127.0.0.1:9/";
    return { ...receiver, webhook_configs: [{ url, ...Object.fromEntries(others) }] };
  });
  return { ...config, receivers };
}

/** amtool 0.25 prints its version to stderr, younger ones to stdout. */
function knowsUrlFile(program: string): boolean {
  const { stdout, stderr } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(stdout + stderr) ?? [];
  const [firstMajor = 0, firstMinor = 0] = FIRST_WITH_URL_FILE;
  return Number(major) > firstMajor || Number(minor) >= firstMinor;
}
