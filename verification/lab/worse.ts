import type { LabDocument } from "./report";
import { STEP_SECONDS } from "./step";
import type { IncidentSummary, Spread } from "./summary";

/** An evaluation: Prometheus 2 reads a range with its beginning, Prometheus 3 without. */
const SLACK_MINUTES = STEP_SECONDS / 60;

/**
 * What is worse than the run before: a goal that is missed in a new way, somebody told later or more often than
 * any play was before, a page on an ordinary day.
 * @param before with at least the seeds of `now`
 * @returns a sentence for each
 */
export function worseThan(before: LabDocument, now: LabDocument): string[] {
  const incidents = now.incidents.flatMap((incident) => {
    const known = before.incidents.find(({ name }) => name === incident.name);
    return known
      ? worseIncident(known, incident).map(
          (what) => `${incident.name}: ${what}, which docs/alerting.md does not have.`,
        )
      : [`${incident.name}: docs/alerting.md does not have it.`];
  });
  const pages = now.ordinary.pages.stack ?? 0;
  return pages > (before.ordinary.pages.stack ?? 0)
    ? [...incidents, `${pages} pages on ${now.ordinary.days} ordinary days.`]
    : incidents;
}

function worseIncident(before: IncidentSummary, now: IncidentSummary): string[] {
  const kind = (miss: string) => miss.replace(/[\d.]+/g, "N");
  const known = before.misses.map(kind);
  const later = (what: "page" | "ticket"): string[] =>
    moreThan(before.rows.stack?.[what], now.rows.stack?.[what], SLACK_MINUTES).map(
      (minutes) => `a ${what} after ${minutes} min`,
    );
  return [
    ...now.misses
      // Some tickets are the chart's, whose rules were not played.
      .filter((miss) => now.rows.chart !== undefined || !miss.endsWith("no ticket"))
      .filter((miss) => !known.includes(kind(miss))),
    ...later("page"),
    ...later("ticket"),
    ...moreThan(before.notifications, now.notifications).map((count) => `${count} notifications`),
  ];
}

/** The most of now, where it is above the most of before. */
const moreThan = (before: Spread | undefined, now: Spread | undefined, slack = 0): number[] =>
  now && (!before || now.most > before.most + slack) ? [now.most] : [];
