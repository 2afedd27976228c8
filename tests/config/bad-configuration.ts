import type { Key } from "../../config/key";
import { KEYS } from "../../config/keys";
import { readStackFiles } from "../../simulation/stack-files";
import { PROJECT_NAME, ROOT } from "../support/simulated";
import type { HandedConfig } from "../support/stack-config";

/** A secret in a stack file: encrypted where the CLI reads it, marked secret where a test does. */
export interface SecretValue {
  readonly secret: string;
}

/** Changes to the prod stack's file that make it wrong, and what has to be said. */
export interface BadConfiguration {
  /** @default prod */
  readonly stack?: string;
  /** Values as a stack file has them; undefined takes the key out. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Parts of the message; for each problem at least the start of its sentence. */
  readonly told: readonly string[];
}

export const bad = (key: string, value: unknown, ...told: string[]): BadConfiguration => ({
  set: { [key]: value },
  told: [`${key} must be `, ...told],
});

export const secret = (text: string): SecretValue => ({ secret: text });

/** Texts that stand in the table as secrets, or that may hold one: no message may show them. */
export const NEVER_SHOWN = ["opaque-value", "pa55word"];

export const isSecretValue = (value: unknown): value is SecretValue =>
  typeof value === "object" && value !== null && "secret" in value;

/** A title for a test. */
export const titleOf = ({ stack, set }: BadConfiguration): string => {
  const text = Object.entries(set)
    .map(([key, value]) => `${key} ${value === undefined ? "missing" : JSON.stringify(value)}`)
    .join(", ");
  const short = text.length > 90 ? `${text.slice(0, 87)}...` : text;
  return stack === undefined ? short : `a stack called ${stack}`;
};

const fullKey = (key: string): string => (key.includes(":") ? key : `${PROJECT_NAME}:${key}`);

/** Prod's configuration with changes, as the CLI hands it to the program. */
export function handed(changes: BadConfiguration["set"]): HandedConfig {
  const { config } = readStackFiles(ROOT, "prod");
  const changed = Object.entries(changes).map(([key, value]) => [fullKey(key), asText(value)]);
  const all = { ...config, ...(Object.fromEntries(changed) as Record<string, string | undefined>) };
  const kept = Object.entries(all).flatMap(([key, text]): [string, string][] => {
    const value = text ?? DEFAULTS[key];
    return value === undefined ? [] : [[key, value]];
  });
  const secretKeys = Object.keys(changes)
    .filter((key) => holdsSecret(changes[key]))
    .map(fullKey);
  return { config: Object.fromEntries(kept), secretKeys };
}

/** What the CLI takes where the stack's file does not have a key. */
const DEFAULTS: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  Object.entries<Key>(KEYS).map(([name, key]) => [
    fullKey(name),
    "default" in key ? asText(key.default) : undefined,
  ]),
);

function asText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const opened = open(value);
  return opened === null ? "" : typeof opened === "string" ? opened : JSON.stringify(opened);
}

function open(value: unknown): unknown {
  if (isSecretValue(value)) return value.secret;
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, open(item)]));
}

const holdsSecret = (value: unknown): boolean =>
  isSecretValue(value) ||
  (typeof value === "object" && value !== null && Object.values(value).some(holdsSecret));
