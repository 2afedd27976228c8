import { html } from "htm/preact";
import type { Simulation } from "../simulate";
import type { Section } from "./section";
import { table } from "./table";

export function leftoverSection({ leftovers }: Simulation): Section {
  const none = html`<p>Nothing: destroy leaves the account as it was.</p>`;
  const told = table({
    head: ["what", "name", "why", "USD per month"],
    rows: leftovers.map(({ kind, name, reason, monthlyUsd }) => [
      kind,
      name,
      reason,
      monthlyUsd.toFixed(2),
    ]),
    numbers: [3],
    named: 1,
  });
  return {
    id: "left-over",
    title: `Left over after destroy: ${leftovers.length === 0 ? "nothing" : leftovers.length}`,
    body: leftovers.length === 0 ? none : told,
  };
}
