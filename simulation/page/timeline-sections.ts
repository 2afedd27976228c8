import { html } from "htm/preact";
import { clock } from "../clock";
import { shortUrn } from "../resource-names";
import type { Resource } from "../resource";
import type { Simulation } from "../simulate";
import type { Section } from "./section";
import { table } from "./table";
import { type Step, timeline } from "./timeline";

export function upSection(simulation: Simulation): Section {
  const { up } = simulation;
  const path = up.criticalPath.map((urn) => ({ name: shortUrn(urn), ...spanOf(up.spans, urn) }));
  return {
    id: "up",
    title: `Up: ${clock(up.seconds)}`,
    body: html`${legend()} ${figure(upSteps(simulation), UP_LABEL)}
      <h3>Critical path</h3>
      <p>Each of these waits for the one before it: a faster up has to begin here.</p>
      ${stepTable(path)}`,
  };
}

export const UP_LABEL = "What pulumi up makes, and when";

/** What is made, by the program and by controllers, in order of time. */
export function upSteps({ recording, up, made }: Simulation): Step[] {
  const critical = new Set(up.criticalPath);
  const own = recording.resources.filter(isMade).map(({ urn }) => ({
    urn,
    kind: critical.has(urn) ? ("critical" as const) : ("step" as const),
    ...spanOf(up.spans, urn),
  }));
  const controllers = made.map(({ kind, name, startSeconds, endSeconds }) => ({
    urn: `${kind} ${name}`,
    kind: "controller" as const,
    start: startSeconds,
    end: endSeconds,
  }));
  return named([...own, ...controllers]);
}

export function destroySection({ recording, destroy }: Simulation): Section {
  const guarded = recording.resources.filter(({ protect }) => protect).length;
  const steps = recording.resources
    .filter(isMade)
    .map(({ urn }) => ({ urn, kind: "step" as const, ...spanOf(destroy.spans, urn) }));
  return {
    id: "destroy",
    title: `Destroy: ${clock(destroy.seconds)}`,
    body: html`${
      guarded > 0 &&
      html`<p>
        ${guarded} resources are protected: until deletion protection is taken off, destroy is
        refused in its preview.
      </p>`
    }
    ${figure(named(steps), "What pulumi destroy deletes, and when")}`,
  };
}

/** A component is made of others, and a provider takes no time. */
const isMade = ({ custom, type }: Resource): boolean =>
  custom && !type.startsWith("pulumi:providers:");

type Timed = Pick<Step, "start" | "end">;

const spanOf = (spans: ReadonlyMap<string, Timed>, urn: string): Timed =>
  spans.get(urn) ?? { start: 0, end: 0 };

/** In order of time, each under a name of its own. */
function named(steps: readonly (Omit<Step, "name"> & { readonly urn: string })[]): Step[] {
  const count = new Map<string, number>();
  return [...steps]
    .sort((a, b) => a.start - b.start || a.end - b.end || (a.urn < b.urn ? -1 : 1))
    .map(({ urn, ...step }) => {
      const name = urn.startsWith("urn:") ? shortUrn(urn) : urn;
      const before = count.get(name) ?? 0;
      count.set(name, before + 1);
      return { ...step, name: shortened(before === 0 ? name : `${name} (${before + 1})`) };
    });
}

const MOST_LETTERS = 46;
/** Both ends tell names apart. */
const shortened = (name: string): string =>
  name.length <= MOST_LETTERS ? name : `${name.slice(0, 24)}…${name.slice(-20)}`;

const figure = (steps: readonly Step[], label: string) =>
  html`<figure
    class="scroll"
    tabindex="0"
    aria-label=${label}
    dangerouslySetInnerHTML=${{ __html: timeline(steps, label) }}
  />`;

const legend = () =>
  html`<p class="legend">
    <span class="key critical">on the critical path</span>
    <span class="key step">beside it</span>
    <span class="key controller">made by controllers</span>
  </p>`;

const stepTable = (steps: readonly Omit<Step, "kind">[]) =>
  table({
    head: ["what", "from", "to"],
    rows: steps.map(({ name, start, end }) => [name, clock(start), clock(end)]),
    numbers: [1, 2],
  });
