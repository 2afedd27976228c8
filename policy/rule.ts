/** What a rule looks at: a resource as the program gives it, or an object that a chart has rendered. */
export interface Subject {
  /** Pulumi's type, such as "kubernetes:apps/v1:Deployment". */
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  /** Inputs, secrets in clear. What only `up` will know is `UNKNOWN`. */
  readonly props: Properties;
  /** Paths of inputs that are secrets, such as "values.grafana.adminPassword". */
  readonly secretPaths: readonly string[];
}

export type Properties = Readonly<Record<string, unknown>>;

/** What a rule can be set to, beside on and off: lists of texts, each with its default. */
export type Settings = Readonly<Record<string, readonly string[]>>;

/** The sentences of what is wrong: "X must be Y; got Z. Fix: ...". */
type Check = (subject: Subject, settings: Settings) => readonly string[];

export interface Rule {
  readonly name: string;
  readonly description: string;
  /** Mandatory stops preview and up; advisory is told and goes on. */
  readonly level: "mandatory" | "advisory";
  /** @default none */
  readonly settings?: Readonly<
    Record<string, { readonly description: string; readonly default: readonly string[] }>
  >;
  readonly check: Check;
}

/** A value that a preview does not know: no rule holds it against a resource. */
export const UNKNOWN = Symbol("known after up");

export const isProperties = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What stands at a path; undefined where anything on the way is missing, UNKNOWN where anything on the
 * way is unknown.
 */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => {
    if (found === UNKNOWN) return UNKNOWN;
    return isProperties(found) ? found[key] : undefined;
  }, value);
}

/** The items of a list; none where it is no list. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A value for a sentence. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? `"${value}"` : JSON.stringify(value);
}
