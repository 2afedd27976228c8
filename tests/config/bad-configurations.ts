import { CHART_VALUES } from "./bad-chart-values";
import { COMBINED, STACKS } from "./bad-combinations";
import type { BadConfiguration } from "./bad-configuration";
import { EXISTING_CLUSTERS } from "./bad-existing-clusters";
import { NODES } from "./bad-nodes";
import { LOGINS } from "./bad-logins";
import { RECEIVERS, SECRETS } from "./bad-receivers";
import { REMOTE_WRITES } from "./bad-remote-writes";
import { UNKNOWN_KEYS, VALUES } from "./bad-values";

/** Every configuration that has to be refused, with a command that mends it. */
export const BAD_CONFIGURATIONS: readonly BadConfiguration[] = [
  ...VALUES,
  ...UNKNOWN_KEYS,
  ...RECEIVERS,
  ...SECRETS,
  ...LOGINS,
  ...REMOTE_WRITES,
  ...CHART_VALUES,
  ...COMBINED,
  ...EXISTING_CLUSTERS,
  ...NODES,
  ...STACKS,
];
