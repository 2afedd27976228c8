import type { Rule } from "./rule";
import { apiServerNetworks, volumesEncrypted } from "./rules/cluster";
import { chartPinned, noSecretsInValues } from "./rules/helm";
import { noPublicHttp } from "./rules/ingress";
import { keepsData } from "./rules/persistence";
import { imageByDigest, podProbes, podResources } from "./rules/pods";

/** Every rule, in the order of docs/policies.md. */
export const RULES: readonly Rule[] = [
  noPublicHttp,
  imageByDigest,
  podResources,
  podProbes,
  keepsData,
  chartPinned,
  noSecretsInValues,
  apiServerNetworks,
  volumesEncrypted,
];

/** What a rule is set to where nobody sets it. */
export const defaultSettings = ({
  settings = {},
}: Rule): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
