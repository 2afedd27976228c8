import assert from "node:assert/strict";
import { INCIDENTS } from "../../verification/lab/incidents";
import type { IncidentResult } from "../../verification/lab/lab";
import type { Told } from "../../verification/lab/notifying";
import type { Outcome } from "../../verification/lab/outcome";
import { recorded } from "../../verification/lab/page";
import type { LabDocument } from "../../verification/lab/report";
import { type IncidentSummary, summaries } from "../../verification/lab/summary";
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
      const { misses } = summaryWith(other);
      assert.equal(
        misses.filter((miss) => miss.includes("more than firing and resolved")).length,
        1,
        JSON.stringify(other),
      );
    }
  });

  it("say it apart where what still fires is told once more", () => {
    const { notifications, misses } = summaryWith([
      FIRING,
      { ...FIRING, seconds: 14_400, repeated: true },
      RESOLVED,
    ]);
    assert.deepEqual(misses, ["1 of 1: said once more, as it still fired after repeat_interval"]);
    assert.deepEqual(notifications, { median: 3, most: 3 });
  });

  it("call a page late where it comes after its bound", () => {
    assert.deepEqual(summaryWith([FIRING, RESOLVED], { page: 9 }).misses, [
      "1 of 1: paged up to 1.0 min too late",
    ]);
  });
});

describe("a run of the incident lab beside the recorded one", () => {
  it("is not worse than itself", () => {
    assert.deepEqual(worseThan(recorded(), recorded()), []);
  });

  it("is worse where somebody is told later, more often, or for the first time wrongly", () => {
    const changes: readonly [(incident: IncidentSummary) => IncidentSummary, RegExp][] = [
      [
        (it) => ({ ...it, rows: { ...it.rows, stack: pagedAfter(it, 99_999) } }),
        /a page after 99999 min/,
      ],
      [(it) => ({ ...it, notifications: { median: 2, most: 77 } }), /77 notifications/],
      [(it) => ({ ...it, misses: ["3 of 20: not paged"] }), /3 of 20: not paged/],
    ];
    for (const [change, sentence] of changes) {
      const [first, ...others] = recorded().incidents;
      assert.ok(first);
      const worse = worseThan(recorded(), {
        ...recorded(),
        incidents: [change(first), ...others],
      });
      assert.equal(worse.length, 1);
      assert.match(worse[0] ?? "", sentence);
      assert.match(worse[0] ?? "", new RegExp(`^${first.name}: `));
    }
  });

  it("is worse with a page on an ordinary day", () => {
    const now: LabDocument = {
      ...recorded(),
      ordinary: { days: 30, pages: { stack: 1 }, tickets: {} },
    };
    assert.deepEqual(worseThan(recorded(), now), ["1 pages on 30 ordinary days."]);
  });
});

function pagedAfter({ rows: { stack } }: IncidentSummary, minutes: number) {
  assert.ok(stack);
  return { ...stack, page: { median: minutes, most: minutes } };
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
