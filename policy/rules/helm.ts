import { at, isProperties, itemsOf, type Rule, shown, UNKNOWN } from "../rule";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const CHARTS = [RELEASE, "kubernetes:helm.sh/v3:Chart", "kubernetes:helm.sh/v4:Chart"];

export const chartPinned: Rule = {
  name: "chart-pinned",
  description:
    "A chart from a registry has one exact version: otherwise each up may bring another.",
  level: "mandatory",
  check: ({ type, name, props }) => {
    if (!CHARTS.includes(type)) return [];
    const { chart, version } = props;
    const isRemote =
      /^(oci|https?):\/\//.test(String(chart)) || at(props, "repositoryOpts", "repo") !== undefined;
    const isArchive = String(chart).endsWith(".tgz");
    if (!isRemote || isArchive || version === UNKNOWN) return [];
    if (typeof version === "string" && /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(version)) return [];
    return [
      `version of ${name} (${String(chart)}) must be one exact version; got ${shown(version)}. Fix: version: "MAJOR.MINOR.PATCH", in versions.ts`,
    ];
  },
};

/** Keys of values that hold a secret, wherever they stand; what ends in _file only names where one is. */
const SECRET_KEYS =
  /^(adminPassword|password|.*_password|.*_secret|secretKey|secret_key|.*_key|token|.*_token|bearerToken|slack_api_url|credentials)$/;

/** Keys that end so and hold none. */
const NO_SECRETS = /^(.*_file|userKey|passwordKey|group_key)$/;

export const noSecretsInValues: Rule = {
  name: "no-secrets-in-values",
  description:
    "No secret is among the values of a release: Helm keeps them with every revision, and helm get values prints them.",
  level: "mandatory",
  check: ({ type, name, props, secretPaths }) => {
    if (!CHARTS.includes(type)) return [];
    const marked = secretPaths.filter((path) => /^values(\.|$)/.test(path));
    const named = secretKeysIn(props.values, "values");
    return [...new Set([...marked, ...named])].map(
      (path) =>
        `${path} of ${name} must not be a secret; got one. Fix: put it in a Kubernetes Secret and give the chart that Secret's name`,
    );
  },
};

/** Paths of the texts whose key says that they are secrets. */
function secretKeysIn(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) {
    return itemsOf(value).flatMap((item, index) => secretKeysIn(item, `${path}[${index}]`));
  }
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const isSecret = SECRET_KEYS.test(key) && !NO_SECRETS.test(key);
    const holdsText = item === UNKNOWN || (typeof item === "string" && item !== "");
    return isSecret && holdsText ? [`${path}.${key}`] : secretKeysIn(item, `${path}.${key}`);
  });
}
