import type { Severity } from "../severity";

/** Where alerts go. Tokens and passwords are no part of it: Alertmanager reads them from files. */
export type Receiver =
  SlackReceiver | PagerDutyReceiver | SnsReceiver | EmailReceiver | WebhookReceiver;

interface ReceiverBase {
  /** Unique; lower-case letters, digits and dashes. Part of the secret's keys. */
  readonly name: string;
  /** @default critical and warning */
  readonly severities?: readonly Severity[];
}

/** Secret: the address of the incoming webhook. */
export interface SlackReceiver extends ReceiverBase {
  readonly kind: "slack";
  /** Such as "#alerts". */
  readonly channel: string;
}

/** Secret: the routing key of an Events API v2 integration. */
export interface PagerDutyReceiver extends ReceiverBase {
  readonly kind: "pagerduty";
}

/** No secret: Alertmanager's role may publish to the topic. */
export interface SnsReceiver extends ReceiverBase {
  readonly kind: "sns";
  readonly topicArn: string;
  readonly region: string;
}

/** Secret: the password, where there is a username. */
export interface EmailReceiver extends ReceiverBase {
  readonly kind: "email";
  readonly to: string;
  readonly from: string;
  /** host:port of a server that speaks STARTTLS. */
  readonly smarthost: string;
  /** @default no login */
  readonly username?: string;
}

/** Secret: the address, which often holds a token. */
export interface WebhookReceiver extends ReceiverBase {
  readonly kind: "webhook";
}

/** Who is told. */
export interface AlertRouting {
  /** @default nobody: every alert ends in the receiver "null" */
  readonly receivers?: readonly Receiver[];
  /**
   * Gets a notification every 5 minutes as long as Prometheus and Alertmanager work, and has to
   * raise the alarm when they stop; its severities do not matter. @default nobody notices
   */
  readonly deadMansSwitch?: Receiver;
}

/**
 * Keys that the Kubernetes Secret for Alertmanager must have, in the order of the receivers:
 * `<name>-url` (Slack, webhook), `<name>-routing-key` (PagerDuty), `<name>-password` (e-mail).
 */
export const receiverSecretKeys = (routing: AlertRouting): string[] =>
  allReceivers(routing).flatMap((receiver) => secretKey(receiver) ?? []);

/** @returns the one key that this receiver reads, if it reads any */
export function secretKey(receiver: Receiver): string | undefined {
  switch (receiver.kind) {
    case "slack":
    case "webhook":
      return `${receiver.name}-url`;
    case "pagerduty":
      return `${receiver.name}-routing-key`;
    case "email":
      return receiver.username === undefined ? undefined : `${receiver.name}-password`;
    case "sns":
      return undefined;
  }
}

export const allReceivers = ({ receivers = [], deadMansSwitch }: AlertRouting): Receiver[] => [
  ...receivers,
  ...(deadMansSwitch ? [deadMansSwitch] : []),
];

/**
 * @param requireReceiver whether an alert that reaches nobody is a mistake
 * @returns a sentence for each thing that is wrong: what, the value got, allowed, the fix
 */
export function routingProblems(routing: AlertRouting, requireReceiver: boolean): string[] {
  const { receivers = [] } = routing;
  const names = allReceivers(routing).map(({ name }) => name);
  return [
    ...(requireReceiver && receivers.length === 0
      ? [
          "receivers: got none, so alerts would reach nobody. Add a receiver, or set requireReceiver to false where that is meant.",
        ]
      : []),
    ...names.filter(isUnusable).map(
      (name) =>
        // "null" is the receiver that the chart's own routes end in.
        `receivers: got the name ${JSON.stringify(name)}, allowed are lower-case letters, digits and dashes, 40 at most, and not "null". Rename it to "on-call", for example.`,
    ),
    ...names
      .filter((name, index) => names.indexOf(name) < index)
      .map(
        (name) => `receivers: got the name "${name}" twice, allowed is once. Rename one of them.`,
      ),
    ...(["critical", "warning"] as const)
      .filter((severity) => receivers.length > 0 && !receivers.some(takes(severity)))
      .map(
        (severity) =>
          `receivers: got none with the severity ${severity}, so such alerts would reach nobody. Add it to the severities of one.`,
      ),
  ];
}

export const takes =
  (severity: Severity) =>
  ({ severities }: Receiver): boolean =>
    severities?.includes(severity) ?? true;

const isUnusable = (name: string): boolean => !/^(?!null$)[a-z0-9][a-z0-9-]{0,39}$/.test(name);
