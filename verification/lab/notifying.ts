import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import type {
  AlertmanagerConfig,
  Route,
} from "../../observability/alertmanager/alertmanager-config";
import { Child } from "../child-process";
import { freePort } from "../free-port";
import { Notifications } from "../proof/notifications";
import { type Firing, secondsOf } from "./firing";
import type { LabPrograms } from "./programs";
import { STEP_SECONDS } from "./step";

/** A notification that a receiver got. */
export interface Told {
  readonly receiver: string;
  readonly alert: string;
  readonly severity: string;
  readonly status: "firing" | "resolved";
  /** Seconds after the play's first alert fired. */
  readonly seconds: number;
  /** Whether it only says once more what still fires, after the route's repeat_interval. */
  readonly repeated?: true;
}

/** Between a namespace and the play: plays share an Alertmanager, whose groups and inhibition know namespaces. */
const OF_PLAY = "@";
/** Alerts that nobody ends in time go on until then. */
const NEVER_MS = 86_400_000;
const TIMES = ["group_wait", "group_interval", "repeat_interval"] as const;
/** Of lab time, after the last event: the longest group_interval, twice. */
const LAST_SECONDS = 1200;

/** Something that Prometheus tells Alertmanager; seconds of lab time since the play's first. */
interface Event {
  readonly seconds: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: "firing" | "resolved";
}

/**
 * What the receivers hear of each play, by a real Alertmanager with the deployed routes and inhibition.
 * @param factor how many times faster than in reality; Alertmanager's times are divided by it
 */
export async function toldOf(
  { alertmanager }: LabPrograms,
  config: AlertmanagerConfig,
  plays: Readonly<Record<string, readonly Firing[]>>,
  factor: number,
): Promise<Map<string, Told[]>> {
  const folder = mkdtempSync(path.join(tmpdir(), "lab-alertmanager-"));
  const inbox = await Notifications.listen();
  const port = await freePort();
  const file = path.join(folder, "alertmanager.yaml");
  writeFileSync(file, stringify(faster(config, factor, (receiver) => inbox.url(`/${receiver}`))));
  const child = Child.start(alertmanager, [
    `--config.file=${file}`,
    `--storage.path=${folder}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ]);
  try {
    const url = `http://127.0.0.1:${port}`;
    await child.answers(`${url}/-/ready`, 60);
    const start = Date.now();
    await send(`${url}/api/v2/alerts`, Object.entries(plays).flatMap(eventsOf), start, factor);
    return byPlay(config, inbox, (at) => Math.round(((at - start) * factor) / 1000));
  } finally {
    await child.stop();
    await inbox.close();
    rmSync(folder, { recursive: true });
  }
}

/** The deployed configuration with webhooks for receivers, and every time divided. */
function faster(
  config: AlertmanagerConfig,
  factor: number,
  url: (receiver: string) => string,
): object {
  const divided = (route: Route): Route => ({
    ...route,
    ...Object.fromEntries(
      TIMES.flatMap((time) => {
        const value = route[time];
        return value === undefined ? [] : [[time, dividedTime(value, factor)]];
      }),
    ),
    ...(route.routes && { routes: route.routes.map(divided) }),
  });
  return {
    ...config,
    route: divided(config.route),
    receivers: config.receivers.map(({ name, ...kinds }) => ({
      name,
      webhook_configs: Object.keys(kinds).map(() => ({ url: url(name), send_resolved: true })),
    })),
  };
}

const dividedTime = (time: string, factor: number): string =>
  `${Math.round((secondsOf(time) * 1000) / factor)}ms`;

function eventsOf([play, firings]: readonly [string, readonly Firing[]]): Event[] {
  const first = Math.min(...firings.map(({ from }) => from));
  return firings.flatMap(({ labels: { namespace = "", ...others }, from, to }): Event[] => {
    const labels = { ...others, namespace: `${namespace}${OF_PLAY}${play}` };
    const seconds = (step: number) => (step - first) * STEP_SECONDS;
    return [
      { seconds: seconds(from), labels, status: "firing" },
      ...(to === undefined ? [] : [{ seconds: seconds(to), labels, status: "resolved" as const }]),
    ];
  });
}

async function send(
  url: string,
  events: readonly Event[],
  start: number,
  factor: number,
): Promise<void> {
  const sorted = [...events].sort((one, other) => one.seconds - other.seconds);
  for (let next = 0; next < sorted.length;) {
    const due = ((sorted[next]?.seconds ?? 0) * 1000) / factor;
    await delay(Math.max(0, start + due - Date.now()));
    const reached = ((Date.now() - start) * factor) / 1000;
    const count = sorted.slice(next).findIndex(({ seconds }) => seconds > reached);
    const batch = count < 0 ? sorted.slice(next) : sorted.slice(next, next + Math.max(1, count));
    await post(url, batch);
    next += batch.length;
  }
  await delay((LAST_SECONDS * 1000) / factor + 1000);
}

async function post(url: string, events: readonly Event[]): Promise<void> {
  const now = Date.now();
  const body = events.map(({ labels, status }) => ({
    labels,
    endsAt: new Date(status === "firing" ? now + NEVER_MS : now).toISOString(),
  }));
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`Alertmanager: ${await answer.text()}`);
}

function byPlay(
  config: AlertmanagerConfig,
  inbox: Notifications,
  secondsAt: (milliseconds: number) => number,
): Map<string, Told[]> {
  const told = new Map<string, Told[]>();
  for (const { name } of config.receivers) {
    for (const { status, groupLabels, alerts, at } of inbox.groups(`/${name}`)) {
      const { namespace = "", alertname = "" } = groupLabels;
      const play = namespace.slice(namespace.indexOf(OF_PLAY) + 1);
      const severity = alerts[0]?.labels.severity ?? "";
      const heard = told.get(play) ?? [];
      const it = { receiver: name, alert: alertname, severity, status, seconds: secondsAt(at) };
      const before = heard.filter((each) => isSameGroup(each, it)).at(-1);
      const isRepeated =
        status === "firing" &&
        before?.status === "firing" &&
        it.seconds - before.seconds >= repeatSeconds(config, severity);
      told.set(play, [...heard, { ...it, ...(isRepeated && { repeated: true }) }]);
    }
  }
  return told;
}

/** Whether both tell one receiver of one group of alerts. */
export const isSameGroup = (one: Told, other: Told): boolean =>
  one.receiver === other.receiver && one.alert === other.alert && one.severity === other.severity;

/** Less one look at the group: arrivals are measured, and a factor makes their jitter large. */
function repeatSeconds({ route }: AlertmanagerConfig, severity: string): number {
  const { repeat_interval, group_interval } = routeOf(route, severity) ?? {};
  return secondsOf(repeat_interval) - secondsOf(group_interval);
}

/** The first of the routes for a severity: its times are those of the others. */
export const routeOf = ({ routes = [] }: Route, severity: string): Route | undefined =>
  routes.find(({ matchers = [] }) => matchers.includes(`severity = "${severity}"`));
