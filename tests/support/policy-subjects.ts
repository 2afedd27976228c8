import { isProperties, type Rule, type Settings, type Subject } from "../../policy/rule";
import { defaultSettings, RULES } from "../../policy/rules";
import { type Resource, reveal } from "../../simulation/resource";
import { isSecret } from "./simulated";

/** A recorded resource, as rules look at it. */
export const subjectOf = ({ type, name, inputs }: Resource, stack: string): Subject => ({
  type,
  name,
  stack,
  props: reveal(inputs) as Subject["props"],
  secretPaths: secretsIn(inputs, ""),
});

/** An object of a rendered chart. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export const subjectOfManifest = (manifest: Manifest, stack: string): Subject => {
  const { apiVersion, kind, metadata } = manifest;
  const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  return {
    type: `kubernetes:${group}:${kind}`,
    name: metadata.name,
    stack,
    props: { ...manifest },
    secretPaths: [],
  };
};

/** What rules say of subjects, each with its rule's name before it. */
export const violations = (
  subjects: readonly Subject[],
  rules: readonly Rule[] = RULES,
  settings: Readonly<Record<string, Settings>> = {},
): string[] =>
  rules.flatMap((rule) =>
    subjects.flatMap((subject) =>
      rule
        .check(subject, { ...defaultSettings(rule), ...settings[rule.name] })
        .map((sentence) => `${rule.name}: ${sentence}`),
    ),
  );

function secretsIn(value: unknown, path: string): string[] {
  if (isSecret(value)) return [path];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => secretsIn(item, `${path}[${index}]`));
  }
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    secretsIn(item, path === "" ? key : `${path}.${key}`),
  );
}
