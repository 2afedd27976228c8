import { html } from "htm/preact";
import type { Simulation } from "../simulate";
import type { Section } from "./section";

export function leftoverSection({ leftovers }: Simulation): Section {
  const none = html`<p>Nothing: destroy leaves the account as it was.</p>`;
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">what</th>
        <th scope="col">name</th>
        <th scope="col">why</th>
        <th scope="col" class="number">USD per month</th>
      </tr>
    </thead>
    <tbody>
      ${leftovers.map(
        ({ kind, name, reason, monthlyUsd }) =>
          html`<tr>
            <td>${kind}</td>
            <td>${name}</td>
            <td>${reason}</td>
            <td class="number">${monthlyUsd.toFixed(2)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
  return {
    id: "left-over",
    title: `Left over after destroy: ${leftovers.length === 0 ? "nothing" : leftovers.length}`,
    body: leftovers.length === 0 ? none : table,
  };
}
