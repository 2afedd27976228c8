import * as Plot from "@observablehq/plot";
import { html } from "htm/preact";
import { bill, type BillLine, readFrom, total } from "../bill";
import type { Account } from "../cloud/behaviour";
import { LOOKED_UP } from "../cloud/price-sources";
import type { Simulation } from "../simulate";
import { drawChart } from "./chart";
import type { Section } from "./section";
import { table } from "./table";

export function billSection({ charges }: Simulation, account: Account): Section {
  if (account.existingCluster) {
    return {
      id: "bill",
      title: "Cost per month: not known",
      body: html`<p>Nodes, volumes and load balancers are the cluster's own.</p>`,
    };
  }
  const lines = bill(charges);
  return {
    id: "bill",
    title: `Cost per month: ${total(charges).toFixed(2)} USD`,
    body: html`<figure dangerouslySetInnerHTML=${{ __html: billChart(lines) }} />
      ${billTable(lines, total(charges))}
      <p>
        On-demand prices of ${account.region}, looked up on ${LOOKED_UP} in public copies of AWS'
        price list.
      </p>`,
  };
}

const billChart = (lines: readonly BillLine[]): string =>
  drawChart("Cost per month, by item", {
    width: 1200,
    height: lines.length * 22 + 50,
    marginLeft: 240,
    marginRight: 60,
    x: { label: "USD per month", grid: true },
    y: { domain: lines.map(({ item }) => item), label: null, tickSize: 0 },
    marks: [
      Plot.barX(lines, {
        x: "monthlyUsd",
        y: "item",
        fill: "var(--step)",
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.text(lines, {
        x: "monthlyUsd",
        y: "item",
        text: ({ monthlyUsd }: BillLine) => monthlyUsd.toFixed(2),
        textAnchor: "start",
        dx: 5,
      }),
    ],
  });

const billTable = (lines: readonly BillLine[], sum: number) =>
  table({
    head: ["item", "count", "USD per month", "source"],
    rows: lines.map((line) => [line.item, line.count, line.monthlyUsd.toFixed(2), readFrom(line)]),
    foot: ["total", "", sum.toFixed(2), ""],
    numbers: [1, 2],
  });
