import * as Plot from "@observablehq/plot";
import { html } from "htm/preact";
import { clock } from "../../simulation/clock";
import { drawChart } from "../../simulation/page/chart";
import type { BillChange, Told } from "../comparison";

/** A pair of bars. */
interface Pair {
  readonly what: string;
  readonly before: number;
  readonly after: number;
}

/** Minutes and dollars of both sides, where they differ. */
export function totalCharts(before: Told, after: Told, bill: readonly BillChange[] = []) {
  const minutes = [
    { what: "up", before: before.upSeconds ?? 0, after: after.upSeconds ?? 0 },
    { what: "destroy", before: before.destroySeconds ?? 0, after: after.destroySeconds ?? 0 },
  ];
  const dollars = bill.map((each) => ({
    what: each.item,
    before: each.usdBefore,
    after: each.usdAfter,
  }));
  return html`<div class="charts">
    ${chart("Minutes", minutes, clock)}
    ${chart("USD a month, by item that differs", dollars.filter(isDifferent), (usd) => usd.toFixed(2))}
  </div>`;
}

const isDifferent = ({ before, after }: Pair): boolean => before !== after;

function chart(title: string, pairs: readonly Pair[], shown: (value: number) => string) {
  if (!pairs.some(isDifferent)) return undefined;
  const bars = pairs.flatMap(({ what, before, after }) => [
    { what, side: "before", value: before },
    { what, side: "after", value: after },
  ]);
  const svg = drawChart(`${title}, before and after`, {
    width: 600,
    style: { fontSize: "12px" },
    height: pairs.length * 46 + 20,
    marginLeft: 190,
    marginRight: 110,
    marginTop: 10,
    marginBottom: 10,
    x: { axis: null },
    y: { domain: ["before", "after"], axis: null },
    fy: { domain: pairs.map(({ what }) => what), label: null },
    color: { type: "identity" },
    marks: [
      Plot.axisFy({ anchor: "left", label: null, lineWidth: 16 }),
      Plot.barX(bars, {
        x: "value",
        y: "side",
        fy: "what",
        fill: ({ side }: (typeof bars)[number]) => `var(--${side})`,
        insetTop: 1,
      }),
      Plot.text(bars, {
        x: "value",
        y: "side",
        fy: "what",
        text: ({ side, value }: (typeof bars)[number]) => `${shown(value)} ${side}`,
        textAnchor: "start",
        dx: 5,
      }),
    ],
  });
  return html`<figure>
    <figcaption>${title}</figcaption>
    <div dangerouslySetInnerHTML=${{ __html: svg }} />
  </figure>`;
}
