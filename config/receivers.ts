import * as pulumi from "@pulumi/pulumi";
import type { AlertingArgs, ReceiverArgs } from "../components/monitoring-stack/alerting";
import type { Severity } from "../observability/severity";
import { type Receiver, secretKey } from "../observability/alertmanager/receiver";
import * as command from "./commands";
import { isSecret } from "./given";
import type { Fields, PlatformName, Secrets } from "./key";
import { type Problems, shown } from "./problems";
import type { Values } from "./reader";
import { FieldReader } from "./field-reader";
import { KINDS } from "./receiver-kinds";
import { receiverName } from "./rules";
import { checkSecretNames } from "./secret-names";

/** The key of the receivers' secrets. */
export const SECRETS = "receiverSecrets";
const SEVERITIES: readonly Severity[] = ["critical", "warning"];
/** A secret of this receiver switches the dead man's switch on; its value is the address to call. */
const DEAD_MANS_SWITCH: Receiver = { kind: "webhook", name: "dead-mans-switch" };

/** Checks `receivers`, `requireReceiver` and `receiverSecrets` together. */
export function readAlerting(values: Values, problems: Problems): AlertingArgs {
  const { receiverSecrets: secrets } = values;
  // Told already; which field is the secret one cannot be seen.
  if (isSecret(`${pulumi.getProject()}:receivers`)) return {};
  const hasSwitch = secrets.names.includes(secretKey(DEAD_MANS_SWITCH) ?? "");
  const deadMansSwitch = hasSwitch ? DEAD_MANS_SWITCH : undefined;
  const names = new Set(deadMansSwitch && [deadMansSwitch.name]);
  const receivers = values.receivers.map((fields, index) =>
    readReceiver(fields, `receivers[${index}]`, names, values, problems),
  );
  checkReach(receivers, values, problems);
  checkSecrets([...receivers, ...(deadMansSwitch ? [deadMansSwitch] : [])], secrets, problems);
  return {
    receivers,
    ...(deadMansSwitch && { deadMansSwitch }),
    ...(secrets.values && { secrets: secrets.values }),
  };
}

/** @param names those taken already; the receiver's is added */
function readReceiver(
  fields: Fields,
  path: string,
  names: Set<string>,
  { platform, "aws:region": region }: Values,
  problems: Problems,
): ReceiverArgs {
  const name = readName(fields.name, `${path}.name`, names, problems);
  names.add(name);
  const severities = readSeverities(fields.severities, `${path}.severities`, problems);
  const base = { name, ...(severities && { severities }) };
  if (fields.kind === "sns" && platform !== "eks") {
    refuseTopic(fields, path, platform, problems);
    return { ...base, kind: "webhook" };
  }
  const kind = readKind(fields.kind, `${path}.kind`, platform, problems);
  const reader = new FieldReader(fields, path, problems, ["name", "kind", "severities"]);
  const receiver = KINDS[kind](base, reader, region);
  reader.refuseOthers();
  return receiver;
}

function readName(
  given: unknown,
  path: string,
  names: ReadonlySet<string>,
  problems: Problems,
): string {
  const isRight = typeof given === "string" && receiverName.test(given);
  if (isRight && !names.has(given)) return given;
  const wanted = isRight ? given : receiverName.example;
  const free = [
    wanted,
    ...Array.from({ length: names.size + 1 }, (_, n) => `${wanted.slice(0, 36)}-${n + 2}`),
  ];
  const name = free.find((each) => !names.has(each)) ?? wanted;
  const must = isRight ? "a name that no other receiver has" : receiverName.must;
  problems.add(path, must, shown(given), command.setPath(path, name));
  return name;
}

/** What takes the place of a wrong kind: it needs the fewest fields. */
const KIND_FOR = { eks: "sns", kubeconfig: "webhook" } as const;

function readKind(
  given: unknown,
  path: string,
  platform: PlatformName,
  problems: Problems,
): ReceiverArgs["kind"] {
  const kinds = Object.keys(KINDS) as ReceiverArgs["kind"][];
  const kind = kinds.find((known) => known === given);
  if (kind !== undefined) return kind;
  const fallback = KIND_FOR[platform];
  const must = `one of ${kinds.filter((each) => each !== "sns" || platform === "eks").join(", ")}`;
  problems.add(path, must, shown(given), command.setPath(path, fallback));
  return fallback;
}

/** SNS is published to by an identity that EKS gives Alertmanager. */
function refuseTopic(
  fields: Fields,
  path: string,
  platform: PlatformName,
  problems: Problems,
): void {
  const must = `slack, pagerduty, email or webhook on platform ${platform}: nothing gives Alertmanager an identity that may publish to a topic`;
  const others = Object.keys(fields).filter((field) => ["email", "topicArn"].includes(field));
  const fix = command.all([
    command.setPath(`${path}.kind`, "webhook"),
    ...others.map((field) => command.removePath(command.fieldPath(path, field))),
  ]);
  problems.add(`${path}.kind`, must, shown(fields.kind), fix);
}

function readSeverities(
  given: unknown,
  path: string,
  problems: Problems,
): readonly Severity[] | undefined {
  if (given === undefined) return undefined;
  const severities = Array.isArray(given)
    ? SEVERITIES.filter((severity) => given.includes(severity))
    : [];
  const isRight = Array.isArray(given) && given.length > 0 && given.length === severities.length;
  if (isRight) return given as readonly Severity[];
  const must = "a list of critical, warning or both (absent: both)";
  problems.add(path, must, shown(given), command.removePath(path));
  return undefined;
}

/** Every alert has to reach somebody, unless the stack says that nobody is meant to be told. */
function checkReach(
  receivers: readonly ReceiverArgs[],
  { requireReceiver, platform }: Values,
  problems: Problems,
): void {
  if (receivers.length === 0) {
    if (!requireReceiver) return;
    const must =
      "a list of one receiver or more (or requireReceiver false): alerts would reach nobody";
    const sets =
      platform === "eks"
        ? fieldsOf({ name: "on-call", kind: "sns", email: command.VALUE })
        : [
            ...fieldsOf({ name: "on-call", kind: "webhook" }),
            command.setSecret(command.fieldPath(SECRETS, "on-call-url")),
          ];
    problems.add("receivers", must, "nothing", command.all(sets));
    return;
  }
  const missing = SEVERITIES.filter((severity) => !receivers.some(takesArgs(severity)));
  if (missing.length === 0) return;
  const path = "receivers[0].severities";
  const must = `a list with ${missing.join(" and ")}, which no receiver takes (absent: both)`;
  const got = shown(receivers[0]?.severities);
  problems.add(path, must, got, command.removePath(path));
}

const fieldsOf = (fields: Readonly<Record<string, string>>): string[] =>
  Object.entries(fields).map(([field, value]) => command.setPath(`receivers[0].${field}`, value));

/** Alertmanager reads a file for each secret, and refuses its configuration where one is missing. */
function checkSecrets(
  receivers: readonly (ReceiverArgs | Receiver)[],
  { names }: Secrets,
  problems: Problems,
): void {
  const needed = receivers.flatMap((receiver) => {
    const key = receiver.kind === "sns" ? undefined : secretKey(receiver);
    return key === undefined
      ? []
      : [{ name: key, must: `the secret that receiver ${receiver.name} reads` }];
  });
  const keys = needed.map(({ name }) => name);
  const unread = {
    must: `one of ${keys.join(", ") || "none"}, which receivers read`,
    got: "a secret that no receiver reads",
  };
  checkSecretNames(SECRETS, names, needed, unread, problems);
}

const takesArgs =
  (severity: Severity) =>
  ({ severities }: ReceiverArgs): boolean =>
    severities?.includes(severity) ?? true;
