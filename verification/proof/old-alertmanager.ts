import { spawnSync } from "node:child_process";
import type { AlertmanagerConfig } from "../../observability/alertmanager/alertmanager-config";

/** The first release whose webhooks can read their address from a file; Debian 12 has 0.25. */
const FIRST_WITH_URL_FILE = [0, 26];

/**
 * The configuration as an installed Alertmanager or amtool takes it: where that is older than the
 * cluster's, `url_file` of webhooks becomes `url`. Nothing else is changed.
 * @param programs amtool, Alertmanager or both, which need not be of one release
 * @param addresses of the webhooks by file name, for one that is really to be sent to
 * @returns how many fields were swapped, to be shown
 */
export function forOldAlertmanager(
  config: AlertmanagerConfig,
  programs: readonly string[],
  addresses: Readonly<Record<string, string>> = {},
): { readonly config: AlertmanagerConfig; readonly swapped: number } {
  if (programs.every(knowsUrlFile)) return { config, swapped: 0 };
  let swapped = 0;
  const receivers = config.receivers.map((receiver) => {
    const [webhook] = (receiver.webhook_configs ?? []) as readonly Record<string, unknown>[];
    if (!webhook) return receiver;
    swapped += 1;
    const { url_file: file, ...others } = webhook as { url_file: string };
    const url = addresses[file.split("/").at(-1) ?? ""] ?? "http://127.0.0.1:9/";
    return { ...receiver, webhook_configs: [{ url, ...others }] };
  });
  return { config: { ...config, receivers }, swapped };
}

/** amtool 0.25 prints its version to stderr, younger ones to stdout. */
function knowsUrlFile(program: string): boolean {
  const { stdout, stderr } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(stdout + stderr) ?? [];
  const [firstMajor = 0, firstMinor = 0] = FIRST_WITH_URL_FILE;
  return Number(major) > firstMajor || Number(minor) >= firstMinor;
}
