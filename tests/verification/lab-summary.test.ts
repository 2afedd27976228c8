import assert from "node:assert/strict";
import { INCIDENTS } from "../../verification/lab/incidents";
import type { IncidentResult } from "../../verification/lab/lab";
import type { Told } from "../../verification/lab/notifying";
import type { Outcome } from "../../verification/lab/outcome";
import { recorded } from "../../verification/lab/page";
import type { LabDocument } from "../../verification/lab/report";
import { type IncidentSummary, type Row, summaries } from "../../verification/lab/summary";
import { worseThan } from "../../verification/lab/worse";

const FIRING: Told = {
  receiver: "on-call",
  alert: "ServiceAvailabilityBudgetBurn",
  severity: "critical",
  status: "firing",
  seconds: 10,
};
const RESOLVED: Told = { ...FIRING, status: "resolved", seconds: 3600 };

describe("the goals of the incident lab", () => {
  it("let each receiver hear of an incident once, and of its end", () => {
    const chat = [FIRING, RESOLVED].map((told) => ({ ...told, receiver: "chat" }));
    const { notifications, misses } = summaryWith([FIRING, RESOLVED, ...chat]);
    assert.deepEqual(misses, []);
    assert.deepEqual(notifications, { median: 2, most: 2 });
  });

  it("call it missed where a second alert, or the same one again, is told", () => {
    for (const other of [
      [FIRING, RESOLVED, FIRING],
      [FIRING, { ...FIRING, severity: "warning" }],
      [FIRING, { ...RESOLVED, alert: "TargetDown" }],
    ]) {
      assert.deepEqual(goals(summaryWith(other)), ["heard once"], JSON.stringify(other));
    }
  });

  it("say it apart where what still fires is told once more", () => {
    const summary = summaryWith([FIRING, { ...FIRING, seconds: 14_400, repeated: true }, RESOLVED]);
    assert.deepEqual(goals(summary), ["said once"]);
    assert.deepEqual(summary.notifications, { median: 3, most: 3 });
  });

  it("call a page late where it comes after its bound", () => {
    assert.deepEqual(summaryWith([FIRING, RESOLVED], { page: 9 }).misses, [
      { goal: "in time", plays: 1, text: "paged up to 1.0 min too late" },
    ]);
  });
});

describe("a run of the incident lab beside the recorded one", () => {
  it("is not worse than itself", () => {
    assert.deepEqual(worseThan(recorded(), recorded()), []);
  });

  const worse: readonly [what: string, change: (it: IncidentSummary) => IncidentSummary][] = [
    ["a page after 99999 min", (it) => withRow(it, { page: spread(99_999) })],
    [
      "a page that ended 99999 min after the incident",
      (it) => withRow(it, { reset: spread(99_999) }),
    ],
    ["wrongly X before it", (it) => withRow(it, { wrong: ["X before it"] })],
    ["77 notifications", (it) => ({ ...it, notifications: spread(77) })],
    [
      "3 of 20 not paged",
      (it) => ({ ...it, misses: [{ goal: "paged", plays: 3, text: "not paged" }] }),
    ],
  ];
  for (const [what, change] of worse) {
    it(`is worse with ${what}`, () => {
      assert.deepEqual(worseThan(recorded(), withIncident("bad-deploy-2", change)), [
        `bad-deploy-2: ${what}, which docs/alerting.md does not have.`,
      ]);
    });
  }

  const untold = (it: IncidentSummary): IncidentSummary => ({
    ...it,
    rows: {},
    misses: [{ goal: "ticket", plays: 20, text: "no ticket" }],
  });

  it("is worse without a ticket that the service's rules opened", () => {
    assert.deepEqual(worseThan(recorded(), withIncident("memory-leak", untold)), [
      "memory-leak: 20 of 20 no ticket, which docs/alerting.md does not have.",
    ]);
  });

  it("is not worse without a ticket of the chart's, where its rules were not played", () => {
    assert.deepEqual(worseThan(recorded(), withIncident("exporter-gone", untold)), []);
  });

  for (const what of ["pages", "tickets"] as const) {
    it(`is worse with ${what} on ordinary days`, () => {
      const ordinary = { days: 30, pages: {}, tickets: {}, [what]: { stack: 2 } };
      assert.deepEqual(worseThan(recorded(), { ...recorded(), ordinary }), [
        `2 ${what} on 30 ordinary days.`,
      ]);
    });
  }
});

const goals = ({ misses }: IncidentSummary): string[] => misses.map(({ goal }) => goal);

const spread = (value: number) => ({ median: value, most: value });

function withRow(summary: IncidentSummary, changed: Partial<Row>): IncidentSummary {
  const { stack } = summary.rows;
  assert.ok(stack);
  return { ...summary, rows: { ...summary.rows, stack: { ...stack, ...changed } } };
}

/** The recorded run with one incident changed. */
function withIncident(
  name: string,
  change: (incident: IncidentSummary) => IncidentSummary,
): LabDocument {
  const document = recorded();
  assert.ok(document.incidents.some((incident) => incident.name === name));
  return {
    ...document,
    incidents: document.incidents.map((incident) =>
      incident.name === name ? change(incident) : incident,
    ),
  };
}

/** Of the first incident, which deserves a page, played once: paged after 5 minutes of the 8 that it may take. */
function summaryWith(told: readonly Told[], outcome: Partial<Outcome> = {}): IncidentSummary {
  const [incident] = INCIDENTS;
  assert.equal(incident?.expected, "page");
  const stack: Outcome = {
    page: 5,
    pages: [FIRING.alert],
    tickets: [],
    wrong: [],
    earlyPages: 0,
    ...outcome,
  };
  const result: IncidentResult = {
    incident,
    plays: [{ seed: 1, outcomes: { stack }, bound: 8, told, firings: [] }],
  };
  const [summary] = summaries({
    seeds: 1,
    incidents: [result],
    ordinary: { days: 0, pages: {}, tickets: {} },
    missing: [],
  });
  assert.ok(summary);
  return summary;
}
