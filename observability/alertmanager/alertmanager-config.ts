import {
  allReceivers,
  type AlertRouting,
  type Receiver,
  receiverSettings,
  type ReceiverSettings,
  secretKey,
  takes,
} from "./receiver";
import type { Severity } from "../severity";

/** Alertmanager's configuration file, as far as this program writes it. */
export interface AlertmanagerConfig {
  readonly global: { readonly resolve_timeout: string };
  readonly route: Route;
  readonly inhibit_rules: readonly InhibitRule[];
  readonly receivers: readonly ReceiverConfig[];
}

export interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly continue?: boolean;
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

export interface InhibitRule {
  readonly source_matchers?: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

/** `name`, and for one kind of receiver a list `<kind>_configs` with one entry. */
export type ReceiverConfig = { readonly name: string } & Readonly<
  Record<string, string | readonly ReceiverSettings[]>
>;

const SECRETS = "/etc/alertmanager/secrets";
/** The chart's default receiver, which notifies nobody. Alertmanager refuses a route to a receiver that is not there. */
const NOBODY = "null";

/**
 * A page is sent after seconds and repeated every 4 hours, a ticket after a minute and once a day. A
 * group is one alert of one service, so that runbook and dashboard are common to all of it.
 */
const TIMING: Readonly<Record<Severity, Partial<Route>>> = {
  critical: { group_wait: "10s", group_interval: "5m", repeat_interval: "4h" },
  warning: { group_wait: "1m", group_interval: "10m", repeat_interval: "1d" },
};

/** Where the operator mounts a Secret that `alertmanagerSpec.secrets` names. */
export const receiverFolder = (secretName: string): string => `${SECRETS}/${secretName}`;

/**
 * Configuration of Alertmanager 0.34. No secret is in it, because Helm keeps its values readable in
 * the cluster: it names the files that hold them.
 * @param secretFolder folder with a file for each of `receiverSecretKeys`
 */
export function alertmanagerConfig(
  routing: AlertRouting,
  secretFolder: string,
): AlertmanagerConfig {
  return {
    global: { resolve_timeout: "5m" },
    route: {
      receiver: NOBODY,
      // With cluster and stack, which all alerts of this stack share: PagerDuty makes one incident of what
      // has the same labels here, whichever stack it is of.
      group_by: ["cluster", "stack", "namespace", "service", "alertname"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: routes(routing),
    },
    inhibit_rules: INHIBIT_RULES,
    receivers: [
      { name: NOBODY },
      ...allReceivers(routing).map((receiver) => receiverConfig(receiver, secretFolder, routing)),
    ],
  };
}

function routes(routing: AlertRouting): Route[] {
  const { receivers = [], deadMansSwitch } = routing;
  return [
    {
      receiver: deadMansSwitch?.name ?? NOBODY,
      matchers: ['alertname = "Watchdog"'],
      group_wait: "0s",
      group_interval: "1m",
      repeat_interval: "5m",
    },
    // Only inhibits other alerts, and is never sent itself.
    { receiver: NOBODY, matchers: ['alertname = "InfoInhibitor"'] },
    ...(["critical", "warning"] as const).flatMap((severity) =>
      receivers.filter(takes(severity)).map(({ name }) => ({
        receiver: name,
        matchers: [`severity = "${severity}"`],
        ...TIMING[severity],
        // Every receiver that wants the alert gets it, not only the first.
        continue: true,
      })),
    ),
  ];
}

/**
 * The first two are ours, the others are the chart's, which a list in the values replaces. All need care,
 * because a label that is missing on both sides counts as equal: without `slo = ""` one service's page would
 * silence another service's ticket, as all services have the same alert names. And what ends while it is silenced
 * is never told to have ended: ours silence only what begins later and ends no earlier.
 */
const INHIBIT_RULES: readonly InhibitRule[] = [
  // The chart says the same of the service's target, 5 minutes later.
  {
    source_matchers: ['alertname = "ServiceTargetAbsent"'],
    target_matchers: ['alertname = "TargetDown"'],
    equal: ["namespace", "service"],
  },
  // The chart says the same of the autoscaler, and knows no service.
  {
    source_matchers: ['alertname = "ServiceAutoscalerAtMaximum"'],
    target_matchers: ['alertname = "KubeHpaMaxedOut"'],
    equal: ["namespace", "horizontalpodautoscaler"],
  },
  {
    source_matchers: ['severity = "critical"', 'slo = ""'],
    target_matchers: ['severity =~ "warning|info"', 'slo = ""'],
    equal: ["namespace", "alertname"],
  },
  {
    source_matchers: ['severity = "warning"', 'slo = ""'],
    target_matchers: ['severity = "info"', 'slo = ""'],
    equal: ["namespace", "alertname"],
  },
  {
    source_matchers: ['alertname = "InfoInhibitor"'],
    target_matchers: ['severity = "info"'],
    equal: ["namespace"],
  },
  { target_matchers: ['alertname = "InfoInhibitor"'] },
];

function receiverConfig(
  receiver: Receiver,
  secretFolder: string,
  { deadMansSwitch }: AlertRouting,
): ReceiverConfig {
  // The dead man's switch raises the alarm when notifications stop: a resolved one would count as a sign of life.
  const send_resolved = receiver !== deadMansSwitch;
  const settings = receiverSettings(receiver, `${secretFolder}/${secretKey(receiver) ?? ""}`);
  return {
    name: receiver.name,
    [`${receiver.kind}_configs`]: [{ ...settings, send_resolved }],
  };
}
