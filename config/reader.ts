import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { distance } from "fastest-levenshtein";
import * as command from "./commands";
import { type Given, isSecret, parseJson } from "./given";
import type { Key, PlatformName, ValueOf } from "./key";
import { KEYS } from "./keys";
import { readList, readObject, readObjects, readSecrets, readTexts } from "./lists";
import { type Problems, shown } from "./problems";
import { region, regionNamedIn } from "./regions";
import { meantBy } from "./rules";
import { readBoolean, readInteger, readOneOf, readText } from "./scalars";

/** Every key of KEYS with its value, typed by its row. */
export type Values = { readonly [Name in keyof typeof KEYS]: ValueOf<(typeof KEYS)[Name]> };

/**
 * Reads every key. Where a value is wrong, the problem is added, and what its fix would set is
 * returned: rules that concern several keys then speak of the stack as it will be.
 */
export function readKeys(project: string, problems: Problems): Values {
  const raw = new Map(Object.entries(pulumi.runtime.allConfig()));
  const fullName = (name: string) => (name.includes(":") ? name : `${project}:${name}`);
  const platform = readPlatform(raw, fullName("platform"), problems);
  const isElsewhere = ({ only }: Key) => only !== undefined && only.platform !== platform;
  const inRegion = isElsewhere(KEYS["aws:region"])
    ? ""
    : readRegion(raw, fullName("availabilityZones"), problems);
  const values = Object.entries<Key>(KEYS).map(([name, key]): [string, unknown] => {
    if (name === "platform") return [name, platform];
    const full = fullName(name);
    const given = { text: raw.get(full), isSecret: isSecret(full), region: inRegion };
    if (isElsewhere(key)) return [name, refuseElsewhere(name, key, platform, given, problems)];
    if (name === "aws:region") return [name, inRegion];
    return [name, readKey(name, key, given, problems)];
  });
  refuseOtherKeys(project, raw, problems);
  return Object.fromEntries(values) as unknown as Values;
}

/** First of all, because it decides which keys there are. */
function readPlatform(
  raw: ReadonlyMap<string, string>,
  full: string,
  problems: Problems,
): PlatformName {
  const { values, default: fallback } = KEYS.platform;
  const given = { text: raw.get(full) ?? fallback, isSecret: isSecret(full), region: "" };
  if (given.isSecret) refuseSecret("platform", given.text, problems);
  const name = readOneOf("platform", values, fallback, given, problems);
  return values.find((known) => known === name) ?? fallback;
}

/** A key of another platform must be absent, or be what it is by default. @returns its default */
function refuseElsewhere(
  name: string,
  key: Key,
  platform: PlatformName,
  { text = "", isSecret: secret }: Given,
  problems: Problems,
): unknown {
  const fallback = "default" in key ? key.default : "";
  const isDefault =
    text === "" || text === fallback || isDeepStrictEqual(parseJson(text) ?? text, fallback);
  if (!isDefault || secret) {
    const must = `absent on platform ${platform} (${key.only?.elsewhere ?? ""})`;
    problems.add(
      name,
      must,
      secret ? "a secret" : shown(parseJson(text) ?? text),
      command.remove(name),
    );
  }
  return fallback;
}

function readKey(name: string, key: Key, given: Given, problems: Problems): unknown {
  if (key.type === "secrets") return readSecrets(name, given, problems);
  const { text } = given;
  if (text === undefined) {
    const fix = "npm run fix";
    problems.add(name, "in the catalogue of Pulumi.yaml, which has its default", "nothing", fix);
    return "default" in key ? key.default : "";
  }
  if (given.isSecret && key.type === "object" && key.noSecret !== undefined) {
    // The CLI marks the whole object and does not say which of its values is encrypted.
    const must = `an object without a secret (${key.noSecret})`;
    problems.add(name, must, "a secret", command.remove(name));
    return key.default;
  }
  if (given.isSecret) refuseSecret(name, text, problems);
  switch (key.type) {
    case "text":
      return readText(name, key, given, problems);
    case "oneOf":
      return readOneOf(name, key.values, key.default, given, problems);
    case "boolean":
      return readBoolean(name, key.default, given, problems);
    case "integer":
      return readInteger(name, key, given, problems);
    case "list":
      return readList(name, key, given, problems);
    case "objects":
      return readObjects(name, given, problems);
    case "object":
      return readObject(name, given, problems);
    case "texts":
      return readTexts(name, key, given, problems);
  }
}

/** The rules of other keys need a region even where the one given is wrong: the zones may tell which. */
function readRegion(
  raw: ReadonlyMap<string, string>,
  zonesKey: string,
  problems: Problems,
): string {
  const name = "aws:region";
  const text = raw.get(name) ?? "";
  const given = { text, isSecret: isSecret(name), region: "" };
  if (given.isSecret) refuseSecret(name, text, problems);
  const named = regionNamedIn(raw.get(zonesKey) ?? "");
  const meant = meantBy(region, text);
  const rule = { ...region, meant: () => meant ?? named };
  return readText(name, { ...KEYS[name], rule }, given, problems);
}

/** Every key but those of secrets ends up where others read it: in AWS, in Kubernetes objects, in Alertmanager's configuration. */
function refuseSecret(name: string, text: string, problems: Problems): void {
  problems.add(
    name,
    "plain text: others can read it in the cluster or in AWS (secrets go into receiverSecrets, grafanaSecrets and remoteWriteSecrets)",
    "a secret",
    command.decrypt(name, parseJson(text)),
  );
}

/** Keys that nothing reads: misspelt ones, and provider settings, which the program's own provider does not take. */
function refuseOtherKeys(
  project: string,
  raw: ReadonlyMap<string, string>,
  problems: Problems,
): void {
  const known = Object.keys(KEYS);
  for (const [full, text] of raw) {
    const [namespace, name] = splitKey(full);
    if (namespace === project && !known.includes(name)) {
      const [near = ""] = [...known].sort((a, b) => distance(a, name) - distance(b, name));
      // A third of the letters may be wrong: beyond that a guess misleads.
      const isNear = distance(near, name) <= Math.ceil(name.length / 3);
      const guess = isNear ? ` (did you mean ${near}?)` : "";
      const must = `one of the keys in docs/configuration.md${guess}`;
      problems.add(name, must, "an unknown key", command.remove(name));
    }
    if (namespace === "kubernetes") {
      const must =
        "absent: the program's own provider does not take it (on platform kubeconfig kubeContext names the cluster)";
      problems.add(full, must, "a value", command.remove(full));
    }
    if (namespace === "aws" && !known.includes(full)) {
      const must =
        "absent: of aws only aws:region is read, and credentials come from the environment, for pulumi and kubectl alike";
      const isProfile = full === "aws:profile" && !isSecret(full);
      const exports = isProfile ? [`export AWS_PROFILE=${command.quoted(text)}`] : [];
      problems.add(full, must, "a value", command.all([command.remove(full), ...exports]));
    }
  }
}

function splitKey(full: string): [namespace: string, name: string] {
  const colon = full.indexOf(":");
  return [full.slice(0, colon), full.slice(colon + 1)];
}
