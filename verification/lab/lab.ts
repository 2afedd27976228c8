import type { AlertmanagerConfig } from "../../observability/alertmanager/alertmanager-config";
import { recordStack } from "../../simulation/record-stack";
import { deployedAlertmanagerConfig } from "../deployed";
import { contending, type Contender, CONTENDERS, type Contending } from "./contenders";
import { type Firing, firingsIn, secondsOf } from "./firing";
import { History } from "./history";
import type { Incident } from "./incidents";
import { routeOf, type Told, toldOf } from "./notifying";
import { ordinarySamples } from "./ordinary-play";
import { type GroupWait, type Outcome, outcomeOf, pageBound } from "./outcome";
import { type Play, play } from "./play";
import type { LabPrograms } from "./programs";
import { inRealTime, type RealTime } from "./real-time";
import type { Samples } from "./samples";

export interface LabOptions {
  readonly incidents: readonly Incident[];
  readonly seeds: number;
  /** Ordinary days that are played besides; 0: none. */
  readonly days: number;
  /** How many times faster than in reality Alertmanager is. */
  readonly factor: number;
  /** False: only the rules of the service and the plain one. */
  readonly others: boolean;
  /** Refuses to play without the rules of one of the others. */
  readonly complete: boolean;
  /** Folder of kube-prometheus-stack. */
  readonly chart?: string;
}

/** One play of an incident. */
export interface PlayResult {
  readonly seed: number;
  readonly outcomes: Readonly<Partial<Record<Contender, Outcome>>>;
  /** Minutes within which it has to be paged, where its burn rate demands a page. */
  readonly bound?: number;
  /** What this stack's receivers heard, in its order. */
  readonly told: readonly Told[];
  /** Firings of this stack's rules. */
  readonly firings: readonly Firing[];
}

export interface IncidentResult {
  readonly incident: Incident;
  readonly plays: readonly PlayResult[];
}

/** Alerts on ordinary days, all of which are wrong. */
export interface OrdinaryResult {
  readonly days: number;
  readonly pages: Readonly<Partial<Record<Contender, number>>>;
  readonly tickets: Readonly<Partial<Record<Contender, number>>>;
}

export interface LabResult {
  readonly seeds: number;
  readonly incidents: readonly IncidentResult[];
  readonly ordinary: OrdinaryResult;
  /** A sentence for each contender that is left out. */
  readonly missing: readonly string[];
}

/** Plays the incidents and the ordinary days to the rules. */
export async function runLab(
  programs: LabPrograms,
  options: LabOptions,
  progress: (what: string) => void,
): Promise<LabResult> {
  progress("recording the program of the prod stack");
  const { contenders, config } = await deployed(options);
  const incidents: IncidentResult[] = [];
  for (const incident of options.incidents) {
    progress(`playing ${incident.name} with ${options.seeds} seeds`);
    incidents.push(
      await playIncident(programs, incident, options.seeds, contenders, groupWait(config)),
    );
  }
  progress("telling Alertmanager");
  return {
    seeds: options.seeds,
    incidents: await withTold(programs, config, incidents, options.factor),
    ordinary: await playOrdinary(programs, options, contenders, progress),
    missing: contenders.missing,
  };
}

/** Tells one incident, with seed 1, in real time. */
export async function runRealTime(
  programs: LabPrograms,
  incident: Incident,
  options: LabOptions,
  progress: (what: string) => void,
): Promise<RealTime> {
  const { contenders, config } = await deployed(options);
  const { plays } = await playIncident(programs, incident, 1, contenders, groupWait(config));
  progress(`telling Alertmanager of ${incident.name}, in real time`);
  const { seed = 1, firings = [] } = plays[0] ?? {};
  return inRealTime(programs, config, { incident: incident.name, seed, firings }, options.factor);
}

/** What is played: rules and routes as prod has them, and the rules of others. */
async function deployed({
  others,
  chart,
  complete,
}: LabOptions): Promise<{ contenders: Contending; config: AlertmanagerConfig }> {
  const recording = await recordStack("prod");
  const contenders = await contending(recording, { others, chart });
  const { missing } = contenders;
  if (complete && missing.length > 0)
    throw new Error(`not everything can be played: ${missing.join("; ")}`);
  return { contenders, config: deployedAlertmanagerConfig(recording) };
}

async function playIncident(
  programs: LabPrograms,
  incident: Incident,
  seeds: number,
  contenders: Contending,
  wait: GroupWait,
): Promise<IncidentResult> {
  const plays = Array.from({ length: seeds }, (_, index) => play(incident, index + 1));
  const named = Object.fromEntries(plays.map((each) => [each.seed, each.samples]));
  const found = await allFirings(programs, named, contenders);
  return {
    incident,
    plays: plays.map((each) => playResult(each, found.get(String(each.seed)) ?? {}, wait)),
  };
}

function playResult(played: Play, found: Firings, wait: GroupWait): PlayResult {
  const bound = pageBound(played, wait);
  return {
    seed: played.seed,
    outcomes: Object.fromEntries(
      Object.entries(found).map(([who, firings]) => [who, outcomeOf(played, firings, wait)]),
    ),
    ...(bound !== undefined && { bound }),
    told: [],
    firings: found.stack ?? [],
  };
}

type Firings = Partial<Record<Contender, Firing[]>>;

/** By play and contender; this stack has the chart's rules besides its own. */
async function allFirings(
  programs: LabPrograms,
  plays: Readonly<Record<string, Samples>>,
  { rules }: Contending,
): Promise<Map<string, Firings>> {
  const all = new Map(Object.keys(plays).map((play): [string, Firings] => [play, {}]));
  const history = await History.of(programs, plays);
  try {
    for (const who of CONTENDERS) {
      const set = rules[who];
      if (!set) continue;
      for (const [play, firings] of await firingsIn(history, set, plays)) {
        all.set(play, { ...all.get(play), [who]: firings });
      }
    }
  } finally {
    await history.close();
  }
  for (const [play, found] of all) {
    all.set(play, { ...found, stack: [...(found.stack ?? []), ...(found.chart ?? [])] });
  }
  return all;
}

/** With what Alertmanager sent; all plays at once. */
async function withTold(
  programs: LabPrograms,
  config: AlertmanagerConfig,
  incidents: readonly IncidentResult[],
  factor: number,
): Promise<IncidentResult[]> {
  const nameOf = ({ name }: Incident, { seed }: PlayResult) => `${name} ${seed}`;
  const heard = incidents.flatMap(({ incident, plays }) =>
    plays.flatMap((each) =>
      each.firings.length > 0 ? [[nameOf(incident, each), each.firings] as const] : [],
    ),
  );
  const told = await toldOf(programs, config, Object.fromEntries(heard), factor);
  return incidents.map(({ incident, plays }) => ({
    incident,
    plays: plays.map((each) => ({ ...each, told: told.get(nameOf(incident, each)) ?? [] })),
  }));
}

async function playOrdinary(
  programs: LabPrograms,
  { days }: LabOptions,
  contenders: Contending,
  progress: (what: string) => void,
): Promise<OrdinaryResult> {
  if (days === 0) return { days, pages: {}, tickets: {} };
  progress(`playing ${days} ordinary days`);
  const plays = { ordinary: ordinarySamples(days, 1) };
  const found = (await allFirings(programs, plays, contenders)).get("ordinary") ?? {};
  const count = (severity: string) =>
    Object.fromEntries(
      Object.entries(found).map(([who, firings]) => [
        who,
        firings.filter(({ labels }) => labels.severity === severity).length,
      ]),
    );
  return { days, pages: count("critical"), tickets: count("warning") };
}

/** As the deployed routes have it. */
function groupWait({ route }: AlertmanagerConfig): GroupWait {
  const waitOf = (severity: string) => secondsOf(routeOf(route, severity)?.group_wait);
  return { critical: waitOf("critical"), warning: waitOf("warning") };
}
