import {
  PolicyPack,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
} from "@pulumi/policy";
import { type Properties, type Rule, type Settings, type Subject, UNKNOWN } from "./rule";
import { RULES } from "./rules";

new PolicyPack("monitoring", { policies: RULES.map(policyOf) });

function policyOf({
  name,
  description,
  level,
  settings = {},
  check,
}: Rule): ResourceValidationPolicy {
  const properties = Object.entries(settings).map(([key, setting]) => [
    key,
    {
      type: "array" as const,
      items: { type: "string" as const },
      description: setting.description,
      default: [...setting.default],
    },
  ]);
  return {
    name,
    description,
    enforcementLevel: level,
    ...(properties.length > 0 && {
      configSchema: {
        properties: Object.fromEntries(properties) as object as Record<string, never>,
      },
    }),
    validateResource: (args, reportViolation) => {
      for (const sentence of check(subjectOf(args), args.getConfig<Settings>()))
        reportViolation(sentence);
    },
  };
}

/** The SDK takes the marks off secrets before a policy sees them, so their paths are not known here. */
const subjectOf = ({ type, name, urn, props }: ResourceValidationArgs): Subject => ({
  type,
  name,
  // urn:pulumi:STACK::PROJECT::TYPE::NAME
  stack: urn.split("::")[0]?.split(":").at(-1) ?? "",
  props: plain(props) as Properties,
  secretPaths: [],
});

/** A copy without the SDK's proxies, which throw where a value is read that a preview does not know. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.keys(value).map((key) => [key, known(value as Properties, key)]);
  return Array.isArray(value)
    ? entries.map(([, item]) => item)
    : (Object.fromEntries(entries) as unknown);
}

function known(value: Properties, key: string): unknown {
  let item: unknown;
  try {
    item = value[key];
  } catch {
    return UNKNOWN;
  }
  return plain(item);
}
