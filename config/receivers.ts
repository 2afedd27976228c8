import {
  allReceivers,
  routingProblems,
  secretKey,
  type Receiver,
} from "../observability/alertmanager/receiver";
import type { AlertingArgs, ReceiverArgs } from "../components/monitoring-stack/alerting";
import type { ConfigReader } from "./reader";
import type { Rule } from "./rules";

/** The config key of the receivers' secrets: `pulumi config set --secret --path 'receiverSecrets.<key>'`. */
const SECRETS = "receiverSecrets";
/** A secret of this name switches the dead man's switch on; its value is the address to call. */
const DEAD_MANS_SWITCH: Receiver = { kind: "webhook", name: "dead-mans-switch" };

/** Reads `receivers`, `requireReceiver` and `receiverSecrets`; problems go to the reader. */
export function readAlerting(read: ConfigReader, region: string): AlertingArgs {
  const isRequired = read.boolean("requireReceiver");
  const given = read.objects("receivers");
  const receivers = given.flatMap((fields, index) => receiver(fields, index, region, read));
  const secrets = read.secretObject(SECRETS);
  const switchKey = secretKey(DEAD_MANS_SWITCH) ?? "";
  const deadMansSwitch = secrets.keys.includes(switchKey) ? DEAD_MANS_SWITCH : undefined;

  if (isRequired && given.length === 0 && read.isFine("receivers")) {
    read.problem(
      "receivers",
      [],
      "at least one receiver, because alerts would reach nobody",
      "pulumi config set --path 'receivers[0].name' on-call && pulumi config set --path 'receivers[0].kind' sns && pulumi config set --path 'receivers[0].email' you@example.com (or, where nobody is meant to be told, pulumi config set requireReceiver false)",
    );
  }
  const routing = { receivers, ...(deadMansSwitch && { deadMansSwitch }) };
  checkTogether(routing, secrets.keys, read);
  return { ...routing, ...(secrets.values && { secrets: secrets.values }) };
}

interface Field extends Rule {
  readonly required: boolean;
}

const text = (allowed: string, test: RegExp, example: string): Field => ({
  allowed,
  test: (value) => test.test(value),
  example,
  required: true,
});
const mail = text("an e-mail address", /^[^\s@]+@[^\s@]+\.[^\s@]+$/, "you@example.com");
const optional = (field: Field): Field => ({ ...field, required: false });

/** What each kind of receiver is told, beside name, kind and severities. */
const FIELDS: Readonly<Record<Receiver["kind"], Readonly<Record<string, Field>>>> = {
  slack: { channel: text("a channel with its #", /^#\S+$/, "'#alerts'") },
  pagerduty: {},
  sns: {
    email: optional(mail),
    topicArn: optional(
      text(
        "the ARN of an SNS topic",
        /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/,
        "arn:aws:sns:ap-northeast-1:111122223333:alerts",
      ),
    ),
  },
  email: {
    to: mail,
    from: mail,
    smarthost: text("host:port of an SMTP server", /^[\w.-]+:\d+$/, "smtp.example.com:587"),
    username: optional(text("a user name", /^\S+$/, "alertmanager")),
  },
  webhook: {},
};
const KINDS = Object.keys(FIELDS) as Receiver["kind"][];

function receiver(
  fields: Readonly<Record<string, unknown>>,
  index: number,
  region: string,
  read: ConfigReader,
): ReceiverArgs[] {
  const where = (field: string) => `receivers[${index}].${field}`;
  const set = (field: string, value: string) =>
    `pulumi config set --path '${where(field)}' ${value}`;
  const kind = KINDS.find((known) => known === fields.kind);
  if (kind === undefined) {
    read.problem(where("kind"), show(fields.kind), KINDS.join(", "), set("kind", "sns"));
    return [];
  }
  const known = FIELDS[kind];
  for (const [field, { allowed, test, example, required }] of Object.entries(known)) {
    const value = fields[field];
    if (value === undefined && !required) continue;
    if (typeof value === "string" && test(value)) continue;
    read.problem(where(field), show(value), allowed, set(field, example));
  }
  if (kind === "sns" && (fields.email === undefined) === (fields.topicArn === undefined)) {
    const both = fields.email === undefined ? "neither" : "both";
    const allowed = "either email (for a topic made here) or topicArn (of one that is there)";
    read.problem(where("email"), both, allowed, set("email", mail.example));
  }
  checkSeverities(fields.severities, where("severities"), read);
  for (const field of Object.keys(fields)) {
    if (field in known || ["kind", "name", "severities"].includes(field)) continue;
    const allowed = ["name", "kind", "severities", ...Object.keys(known)].join(", ");
    read.problem(
      where(field),
      field,
      `one of ${allowed}`,
      `pulumi config rm --path '${where(field)}'`,
    );
  }
  const sns = kind === "sns" ? { region: show(fields.topicArn).split(":")[3] ?? region } : {};
  return [{ ...fields, ...sns, name: show(fields.name) } as ReceiverArgs];
}

function checkSeverities(severities: unknown, where: string, read: ConfigReader): void {
  const list: readonly unknown[] = Array.isArray(severities) ? severities : [severities];
  if (severities === undefined) return;
  if (list.length === 0) {
    read.problem(where, [], "critical, warning or both", `pulumi config rm --path '${where}'`);
  }
  for (const severity of list) {
    if (severity === "critical" || severity === "warning") continue;
    read.problem(
      where,
      show(severity),
      "a list of critical and warning",
      `pulumi config set --path '${where}[0]' critical`,
    );
  }
}

/** Names and severities, which concern all receivers together, and the secrets that these read. */
function checkTogether(args: AlertingArgs, keys: readonly string[], read: ConfigReader): void {
  const routing = { ...args, receivers: (args.receivers ?? []).map(asReceiver) };
  for (const sentence of routingProblems(routing, false)) read.sentence("receivers", sentence);
  const needed = allReceivers(routing).flatMap((each) => secretKey(each) ?? []);
  for (const key of needed.filter((each) => !keys.includes(each))) {
    read.problem(
      `${SECRETS}.${key}`,
      "",
      "the secret that a receiver reads",
      `pulumi config set --secret --path '${SECRETS}.${key}' <value>`,
    );
  }
  for (const key of keys.filter((each) => !needed.includes(each))) {
    read.problem(
      `${SECRETS}.${key}`,
      "a secret",
      `one of ${needed.join(", ") || "none"}: no receiver reads it`,
      `pulumi config rm --path '${SECRETS}.${key}'`,
    );
  }
}

const asReceiver = (args: ReceiverArgs): Receiver =>
  args.kind === "sns" ? { ...args, topicArn: args.topicArn ?? "" } : args;

const show = (value: unknown): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
