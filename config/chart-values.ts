import { refusedValues } from "../components/monitoring-stack/refused-values";
import * as command from "./commands";
import type { Problems } from "./problems";
import type { Values } from "./reader";

/** Values of the chart: each that is refused is a problem, which does not show it. */
export function checkChartValues({ chartValues }: Values, problems: Problems): void {
  for (const { path, must } of refusedValues(chartValues)) {
    const where = path.reduce<string>(command.fieldPath, "chartValues");
    problems.add(where, must, "a value", command.removePath(where));
  }
}
