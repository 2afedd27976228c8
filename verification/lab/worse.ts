import { isOwn, type LabDocument } from "./report";
import { STEP_SECONDS } from "./step";
import type { IncidentSummary, Spread } from "./summary";

/** An evaluation: Prometheus 2 reads a range with its beginning, Prometheus 3 without. */
const SLACK_MINUTES = STEP_SECONDS / 60;

/**
 * What is worse than the run before: a goal that is missed and was not, somebody told later, longer, more often
 * or wrongly where no play was before, an alert on ordinary days.
 * @param before with at least the seeds of `now`
 * @returns a sentence for each
 */
export function worseThan(before: LabDocument, now: LabDocument): string[] {
  const incidents = now.incidents.flatMap((incident) => {
    const known = before.incidents.find(({ name }) => name === incident.name);
    const worse = known ? worseIncident(known, incident) : ["the incident"];
    return worse.map((what) => `${incident.name}: ${what}, which docs/alerting.md does not have.`);
  });
  const ordinary = (["pages", "tickets"] as const).flatMap((what) => {
    const count = now.ordinary[what].stack ?? 0;
    return count > (before.ordinary[what].stack ?? 0)
      ? [`${count} ${what} on ${now.ordinary.days} ordinary days.`]
      : [];
  });
  return [...incidents, ...ordinary];
}

function worseIncident(before: IncidentSummary, now: IncidentSummary): string[] {
  const [old, stack] = [before.rows.stack, now.rows.stack];
  const more = (known: Spread | undefined, found: Spread | undefined, what: string): string[] =>
    moreThan(known, found, SLACK_MINUTES).map((minutes) => what.replace("N", String(minutes)));
  return [
    ...now.misses
      .filter(({ goal }) => goal !== "ticket" || now.rows.chart !== undefined || !isOfChart(before))
      .filter(({ goal }) => !before.misses.some((miss) => miss.goal === goal))
      .map(({ plays, text }) => `${plays} of ${now.seeds} ${text}`),
    ...more(old?.page, stack?.page, "a page after N min"),
    ...more(old?.ticket, stack?.ticket, "a ticket after N min"),
    ...more(old?.reset, stack?.reset, "a page that ended N min after the incident"),
    ...moreThan(before.notifications, now.notifications).map((count) => `${count} notifications`),
    ...(stack?.wrong ?? [])
      .filter((wrong) => old?.wrong.includes(wrong) !== true)
      .map((wrong) => `wrongly ${wrong}`),
  ];
}

/** Whether only the chart's rules told of it, which not every run plays. */
const isOfChart = ({ rows }: IncidentSummary): boolean => rows.stack?.alerts.some(isOwn) !== true;

/** The most of now, where it is above the most of before. */
const moreThan = (before: Spread | undefined, now: Spread | undefined, slack = 0): number[] =>
  now && (!before || now.most > before.most + slack) ? [now.most] : [];
