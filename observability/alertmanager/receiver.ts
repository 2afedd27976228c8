import type { Severity } from "../severity";

/** Where alerts go. Tokens and passwords are no part of it: Alertmanager reads them from files. */
export type Receiver =
  SlackReceiver | PagerDutyReceiver | SnsReceiver | EmailReceiver | WebhookReceiver;

interface ReceiverBase {
  /** Unique; lower-case letters, digits and dashes. Part of the secret's keys. */
  readonly name: string;
  /** Alerts that it takes. @default critical and warning */
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
  /** ARN of the topic. */
  readonly topicArn: string;
  /** AWS region of the topic. */
  readonly region: string;
}

/** Secret: the password, where there is a username. */
export interface EmailReceiver extends ReceiverBase {
  readonly kind: "email";
  /** Address that is written to. */
  readonly to: string;
  /** Address that the mails come from. */
  readonly from: string;
  /** host:port of a server that speaks STARTTLS. */
  readonly smarthost: string;
  /** Login at the server. @default no login */
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
export const secretKey = (receiver: Receiver): string | undefined => {
  const suffix = kindOf(receiver).secret(receiver);
  return suffix === undefined ? undefined : `${receiver.name}-${suffix}`;
};

/** Fields of a `<kind>_config` of Alertmanager. */
export type ReceiverSettings = Readonly<
  Record<string, string | boolean | Readonly<Record<string, string>>>
>;

/**
 * Alertmanager's settings of a receiver, without `send_resolved`.
 * @param file that holds the receiver's secret
 */
export const receiverSettings = (receiver: Receiver, file: string): ReceiverSettings =>
  kindOf(receiver).settings(receiver, file);

export const allReceivers = ({ receivers = [], deadMansSwitch }: AlertRouting): Receiver[] => [
  ...receivers,
  ...(deadMansSwitch ? [deadMansSwitch] : []),
];

export const takes =
  (severity: Severity) =>
  ({ severities }: Receiver): boolean =>
    severities?.includes(severity) ?? true;

interface Kind<R extends Receiver> {
  /** What the key of the receiver's secret ends in; undefined where it reads none. */
  secret(receiver: R): string | undefined;
  settings(receiver: R, file: string): ReceiverSettings;
}

/** A row a kind of receiver; its fields in the configuration are in config/receiver-kinds.ts. */
const KINDS: { readonly [K in Receiver["kind"]]: Kind<Extract<Receiver, { kind: K }>> } = {
  slack: {
    secret: () => "url",
    settings: ({ channel }, file) => ({
      api_url_file: file,
      channel,
      color: COLOUR,
      title: SUBJECT,
      title_link: "{{ .CommonAnnotations.dashboard_url }}",
      text: TEXT,
    }),
  },
  pagerduty: {
    secret: () => "routing-key",
    settings: (_receiver, file) => ({
      routing_key_file: file,
      // Alertmanager's own address, the default, opens nowhere outside the cluster.
      client: "Grafana",
      client_url: "{{ .CommonAnnotations.dashboard_url }}",
      severity: '{{ if eq .CommonLabels.severity "critical" }}critical{{ else }}warning{{ end }}',
      description: SUBJECT,
      details: { text: TEXT },
    }),
  },
  sns: {
    secret: () => undefined,
    settings: ({ topicArn, region }) => ({
      topic_arn: topicArn,
      sigv4: { region },
      // 100 characters at most, or SNS refuses the message.
      subject: SHORT_SUBJECT,
      message: TEXT,
    }),
  },
  email: {
    secret: ({ username }) => (username === undefined ? undefined : "password"),
    settings: ({ to, from, smarthost, username }, file) => ({
      to,
      from,
      smarthost,
      require_tls: true,
      ...(username !== undefined && { auth_username: username, auth_password_file: file }),
      headers: { Subject: SUBJECT },
      text: TEXT,
      // Alertmanager's own HTML shows no annotation as a link.
      html: "",
    }),
  },
  webhook: {
    secret: () => "url",
    settings: (_receiver, file) => ({ url_file: file }),
  },
};

/** TypeScript cannot see that the row of a receiver's kind takes that receiver. */
const kindOf = (receiver: Receiver): Kind<Receiver> => KINDS[receiver.kind];

const COLOUR =
  '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}';
const STATUS =
  '{{ if eq .Status "firing" }}{{ .CommonLabels.severity }}{{ else }}resolved{{ end }}';
/** Stacks may share a channel or a mailbox. 40 letters of its name leave the chart's longest alert name its place in SHORT_SUBJECT. */
const STACK = '{{ with .CommonLabels.stack }}{{ printf "%.40s" . }}: {{ end }}';
const SUBJECT = `[${STATUS}] ${STACK}{{ with .CommonAnnotations.summary }}{{ . }}{{ else }}{{ .CommonLabels.alertname }}{{ end }}`;
const SHORT_SUBJECT = `[${STATUS}] ${STACK}{{ .CommonLabels.alertname }}`;
const TEXT = `{{ range .Alerts }}{{ .Annotations.summary }} ({{ .Labels.severity }}, {{ .Labels.namespace }}{{ with .Labels.cluster }}, {{ . }}{{ end }})
{{ .Annotations.description }}
{{ with or .Annotations.runbook_url .Annotations.runbook }}Runbook: {{ . }}
{{ end }}{{ with .Annotations.dashboard_url }}Dashboard: {{ . }}
{{ end }}
{{ end }}`;
