import type { Account } from "../cloud/behaviour";
import type { Simulation } from "../simulate";
import { summary } from "../summary";
import { billSection } from "./bill-section";
import { frame } from "./frame";
import { graphSection } from "./graph-section";
import { leftoverSection } from "./leftover-section";
import { outputSection } from "./output-section";
import { destroySection, upSection } from "./timeline-sections";

/** The report of `npm start` as one HTML file. */
export async function page(simulation: Simulation, account: Account): Promise<string> {
  const { what, rows } = summary(simulation, account);
  return frame({
    title: `Stack ${simulation.stack}, simulated`,
    what,
    summary: rows,
    sections: [
      upSection(simulation),
      destroySection(simulation),
      await graphSection(simulation),
      billSection(simulation, account),
      leftoverSection(simulation),
      outputSection(simulation),
    ],
  });
}
