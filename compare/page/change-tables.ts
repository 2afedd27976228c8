import { html } from "htm/preact";
import { searchField } from "../../simulation/page/search-field";
import { table } from "../../simulation/page/table";
import type { ResourceChange } from "../resource-changes";
import { whyReplaced } from "../sections";
import type { WatchedChange } from "../watched-changes";
import { changedValues } from "./changed-values";

/** Every resource that changes, to be searched. @param mostLines of a value */
export const resourceTable = (changes: readonly ResourceChange[], mostLines: number) => html`
  ${searchField({
    id: "find-resource",
    label: "Find in resources",
    placeholder: "removed, role, task-service …",
    finds: "#changed-resources tbody tr",
  })}
  ${table({
    id: "changed-resources",
    head: ["change", "resource", "because"],
    rows: changes.map((each) => [
      sign(each.change),
      each.resource,
      html`${why(each)}${changedValues(each.inputs, mostLines)}`,
    ]),
    named: 1,
  })}
`;

/** Every alert, rule, panel and limit that changes, to be searched. @param mostLines of a value */
export const watchedTable = (changes: readonly WatchedChange[], mostLines: number) => html`
  ${searchField({
    id: "find-watched",
    label: "Find in alerts, rules, panels and series",
    placeholder: "gone, alert, latency …",
    finds: "#changed-watched tbody tr",
  })}
  ${table({
    id: "changed-watched",
    head: ["change", "what", "name", "from and to"],
    rows: changes.map(({ change, what, name, values }) => [
      sign(change),
      what,
      name,
      changedValues(values, mostLines),
    ]),
    named: 2,
  })}
`;

type Change = ResourceChange["change"] | WatchedChange["change"];

/** Those of `pulumi preview`. */
const SIGNS: Readonly<Record<Change, string>> = {
  replaced: "+-",
  removed: "-",
  gone: "-",
  changed: "~",
  added: "+",
};

const sign = (change: Change) =>
  html`<span class=${`change ${change}`}
    ><span class="sign" aria-hidden="true">${SIGNS[change]}</span> ${change}</span
  >`;

function why(each: ResourceChange) {
  const { change, movedFrom, loses, keptBy } = each;
  return html`
    ${whyReplaced(each).map((text) => html`<div>${text}</div>`)}
    ${movedFrom !== undefined && html`<div class="path">It was ${movedFrom}</div>`}
    ${loses !== undefined && html`<div class="danger">⚠ With it goes ${loses}.</div>`}
    ${keptBy !== undefined && html`<div class="danger">⚠ It cannot be ${change}: ${keptBy}.</div>`}
  `;
}
