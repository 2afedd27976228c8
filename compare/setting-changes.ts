import { difference } from "./value-changes";

/** What a side's Pulumi.yaml declares, and what its stack's file says. */
export interface Settings {
  /** Keys without the project's name, with their defaults; null where a key has none. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** What is set or has a default, as the CLI hands it on. Secrets are not among them. */
  readonly values: Readonly<Record<string, string>>;
}

export interface SettingChange {
  readonly key: string;
  readonly what: "key gone" | "key added" | "default" | "value";
  readonly before: string;
  readonly after: string;
}

const NONE = "none";

/** Keys that are gone come first: a stack file that still has one is refused. */
export function settingChanges(before: Settings, after: Settings): SettingChange[] {
  const keys = difference(shownValues(before.keys), shownValues(after.keys));
  const values = difference(shownValues(before.values), shownValues(after.values));
  const isTold = new Set([...keys.added, ...keys.changed, ...keys.gone].map(([key]) => key));
  return [
    ...keys.gone.map(([key, old]) => row(key, "key gone", old, NONE)),
    ...keys.changed.map(([key, old, wanted]) => row(key, "default", old, wanted)),
    ...keys.added.map(([key, wanted]) => row(key, "key added", NONE, wanted)),
    ...[
      ...values.gone.map(([key, old]) => row(key, "value", old, NONE)),
      ...values.changed.map(([key, old, wanted]) => row(key, "value", old, wanted)),
      ...values.added.map(([key, wanted]) => row(key, "value", NONE, wanted)),
    ]
      .filter(({ key, before: old, after: wanted }) => {
        // A value that is its key's default says nothing more than the default does.
        const isDefault = old === text(before.keys[key]) && wanted === text(after.keys[key]);
        return !(isTold.has(key) && isDefault);
      })
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  ];
}

const row = (
  key: string,
  what: SettingChange["what"],
  before: string,
  after: string,
): SettingChange => ({ key, what, before, after });

const shownValues = (keys: Settings["keys"]): ReadonlyMap<string, string> =>
  new Map(Object.entries(keys).map(([key, value]) => [key, text(value)]));

const text = (value: unknown): string => {
  if (value === undefined || value === null) return NONE;
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
};
