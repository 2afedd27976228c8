import assert from "node:assert/strict";
import { isRan, runSide } from "../../compare/side";
import type { RecordedResource } from "../../compare/side";
import { watchedChanges } from "../../compare/watched-changes";
import { at, isProperties, type Properties } from "../../simulation/resource";
import { ROOT } from "../support/simulated";

describe("What a change does to what is watched", () => {
  let resources: readonly RecordedResource[];
  before(async () => {
    const side = { label: "", folder: ROOT, stack: "prod" };
    const ran = await runSide(side, new AbortController().signal);
    assert.ok(isRan(ran), "error" in ran ? ran.error : "");
    ({ resources } = ran.document);
  });

  /** The stack with other inputs of a resource. */
  const withInputs = (suffix: string, change: (inputs: Properties) => Properties) => {
    assert.equal(resources.filter(({ urn }) => urn.endsWith(suffix)).length, 1, suffix);
    return resources.map((each) =>
      each.urn.endsWith(suffix) ? { ...each, inputs: change(each.inputs) } : each,
    );
  };

  const withGroups = (change: (groups: readonly Properties[]) => readonly unknown[]) =>
    withInputs("::task-service-rules", (inputs) => ({
      ...inputs,
      spec: { groups: change(at(inputs, "spec.groups") as Properties[]) },
    }));

  it("is nothing for the same program", () => {
    assert.deepEqual(watchedChanges(resources, resources), []);
  });

  it("names the alert that is gone, the one with another wait, and the recording rule", () => {
    const rulesOf = (groups: readonly Properties[]) =>
      groups.flatMap(({ name, rules }) =>
        (rules as Properties[]).map((rule) => ({ group: name, rule })),
      );
    const [first] = resources.filter(({ urn }) => urn.endsWith("::task-service-rules"));
    const all = rulesOf(at(first?.inputs, "spec.groups") as Properties[]);
    const named = (kind: string) => all.find(({ rule }) => rule[kind] !== undefined);
    const [alert, record] = [named("alert"), named("record")];
    assert.ok(alert && record);
    const longer = withGroups((groups) =>
      groups.map((group) => ({
        ...group,
        rules: (group.rules as Properties[])
          .filter((rule) => rule !== record.rule)
          .map((rule) => (rule === alert.rule ? { ...rule, for: "99m" } : rule)),
      })),
    );
    const changes = watchedChanges(resources, longer);
    const recordName = `${String(record.rule.record)} (${String(record.group)})`;
    const severity = String(at(alert.rule, "labels.severity"));
    const alertName = `${String(alert.rule.alert)} ${severity} (${String(alert.group)})`;
    assert.deepEqual(
      changes.map(({ change, what, name }) => [change, what, name]),
      [
        ["gone", "recording rule", recordName],
        ["changed", "alert", alertName],
      ],
    );
    assert.deepEqual(
      changes[1]?.values.map(({ path, after }) => [path, after]),
      [["for", "99m"]],
    );
  });

  it("knows a panel by its title, wherever it stands", () => {
    const change = (edit: (panels: Properties[]) => Properties[]) =>
      withInputs("::task-service-dashboard", (inputs) => {
        const [file, text] = Object.entries(inputs.data as Record<string, string>)[0] ?? ["", "{}"];
        const dashboard = JSON.parse(text) as { panels: Properties[] };
        const panels = edit(dashboard.panels);
        return { ...inputs, data: { [file]: JSON.stringify({ ...dashboard, panels }) } };
      });
    const lower = change((panels) =>
      panels.map((panel) => ({ ...panel, gridPos: { x: 0, y: 99, w: 1, h: 1 }, id: 7 })),
    );
    assert.deepEqual(watchedChanges(resources, lower), []);
    const isPanel = ({ type }: Properties) => type !== "row";
    let title = "";
    const without = change((panels) => {
      const gone = panels.find((panel) => isPanel(panel) && !isProperties(panel.panels));
      title = String(gone?.title);
      return panels.filter((panel) => panel !== gone);
    });
    assert.deepEqual(
      watchedChanges(resources, without).map(({ what, name }) => [what, name]),
      [["panel", `${title} (task-service)`]],
    );
  });

  it("tells a limit of series", () => {
    const more = withInputs("::task-service-monitor", (inputs) => ({
      ...inputs,
      spec: { ...(inputs.spec as object), sampleLimit: 9999 },
    }));
    const [change, ...others] = watchedChanges(resources, more);
    assert.deepEqual(others, []);
    assert.equal(change?.what, "series of a scrape, at most");
    assert.equal(change.values[0]?.after, 9999);
  });
});
