import Table from "cli-table3";
import { type Contender, CONTENDERS, TITLES } from "./contenders";
import type { Firing } from "./firing";
import type { LabResult } from "./lab";
import { REAL_TIME_HEAD, type RealTime, realTimeRows } from "./real-time";
import {
  type IncidentSummary,
  isPagedInTime,
  type Measures,
  measuresOf,
  type Spread,
  summaries,
} from "./summary";

/** A run as JSON: of `--json`, and of results.json, which docs/alerting.md is made from. */
export interface LabDocument {
  readonly seeds: number;
  readonly incidents: readonly IncidentSummary[];
  readonly ordinary: LabResult["ordinary"];
  readonly measures: Readonly<Partial<Record<Contender, Measures>>>;
  /** Absent: none was told in real time yet. */
  readonly realTime?: RealTime;
  /** Firings of the service's rules with seed 1, which a test plays again: alert and steps, by incident. */
  readonly sample: Readonly<Record<string, readonly string[]>>;
}

export function labDocument(result: LabResult): LabDocument {
  const who = CONTENDERS.filter((each) =>
    result.incidents.some(({ plays }) => plays.some(({ outcomes }) => outcomes[each])),
  );
  return {
    seeds: result.seeds,
    incidents: summaries(result),
    ordinary: result.ordinary,
    measures: Object.fromEntries(who.map((each) => [each, measuresOf(result, each)])),
    sample: Object.fromEntries(
      result.incidents.map(({ incident, plays }) => [
        incident.name,
        sampleOf(plays[0]?.firings ?? []),
      ]),
    ),
  };
}

/** Those of the service's rules, one a line, in a fixed order. The chart's have no label `service` of their own. */
export const sampleOf = (firings: readonly Firing[]): string[] =>
  firings
    .filter(({ alert }) => isOwn(alert))
    .map(({ alert, labels, from, to }) => {
      const { severity = "", slo = "", pod = "" } = labels;
      const name = [alert, severity, slo, pod].filter((part) => part !== "").join(" ");
      return `${name}: ${from} to ${to ?? "the end"}`;
    })
    .sort();

/** Whether an alert is the service's, and not the chart's, by its name. */
export const isOwn = (alert: string): boolean => /^(Service|Tasks)/.test(alert);

/** Of the table, in Markdown and at the terminal alike. */
export const HEAD = [
  "Incident",
  "Deserves",
  "Told",
  "After",
  "Within",
  "Budget gone",
  "Page ended",
  "Notifications",
  "Wrongly told",
  "Not met",
] as const;

export function tableRow(summary: IncidentSummary): string[] {
  const { rows, expected, bound, told, notifications, misses } = summary;
  const row = rows.stack;
  return [
    summary.name,
    expected,
    told.length > 0 ? told.join(", ") : "nobody",
    whenTold(summary, "stack"),
    bound ? `${bound.median} min` : "",
    row?.budgetGone ? withMost(row.budgetGone, " %") : "",
    row?.reset ? withMost(row.reset, " min") : "",
    withMost(notifications),
    row?.wrong.join(", ") ?? "",
    misses.map(({ plays, text }) => `${plays} of ${summary.seeds}: ${text}`).join("; "),
  ];
}

/** When somebody was told, and what wrongly. */
export function whatTold(summary: IncidentSummary, who: Contender): string {
  const wrong = summary.rows[who]?.wrong ?? [];
  return whenTold(summary, who) + (wrong.length > 0 ? `; wrongly ${wrong.join(", ")}` : "");
}

/** When somebody was first paged, else got a ticket: median, and the worst where it differs. */
function whenTold({ rows, seeds }: IncidentSummary, who: Contender): string {
  const row = rows[who];
  if (!row) return "";
  const parts = [
    part("page", row.page, row.paged, seeds),
    row.page ? "" : part("ticket", row.ticket, row.ticketed, seeds),
  ].filter((text) => text !== "");
  return parts.length === 0 ? "never" : parts.join(", ");
}

function part(what: string, times: Spread | undefined, count: number, seeds: number): string {
  if (!times) return "";
  return `${what} ${withMost(times, " min")}${count < seeds ? `, ${count} of ${seeds}` : ""}`;
}

const withMost = ({ median, most }: Spread, unit = ""): string =>
  `${median}${unit}${most > median ? ` (at most ${most})` : ""}`;

/** @param missing a sentence for each contender that is left out */
export function printLab(document: LabDocument, missing: readonly string[]): void {
  const table = new Table({ head: [...HEAD], style: { head: [], border: [] }, wordWrap: true });
  const { incidents } = document;
  for (const summary of incidents) table.push(tableRow(summary));
  console.log(table.toString());
  for (const who of CONTENDERS.filter((each) => each !== "stack")) {
    if (!incidents.some(({ rows }) => rows[who])) continue;
    console.log(`${TITLES[who]}:`);
    for (const summary of incidents) console.log(`  ${summary.name}: ${whatTold(summary, who)}`);
  }
  for (const sentence of missing) console.log(`Left out: ${sentence}`);
  console.log(closingLine(document));
}

export function printRealTime(realTime: RealTime): void {
  const table = new Table({ head: [...REAL_TIME_HEAD], style: { head: [], border: [] } });
  for (const row of realTimeRows(realTime)) table.push(row);
  console.log(table.toString());
}

/** The end of a run. */
export function closingLine({ incidents, ordinary }: LabDocument): string {
  const paged = incidents.filter(isPagedInTime).length;
  return (
    `${incidents.length} incidents, ${paged} paged in time, ` +
    `${ordinary.pages.stack ?? 0} false pages in ${ordinary.days} days`
  );
}
