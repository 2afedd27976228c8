import { cpus, loadavg } from "node:os";
import { createColors } from "picocolors";
import type { Chart } from "../cluster/chart";
import { changesIn, durationIn, slowestIn } from "./printed";
import type { LocalResult, TimedCommand } from "./try-local";

const colours = createColors(process.stdout.isTTY);
/** Resources of `up` that are named with their time. */
const SLOWEST = 3;

export function printResult({ commands, problems }: LocalResult, chart: Chart): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  if (!chart.valuesHaveEffect) {
    console.log(
      "The chart is what Helm rendered for an earlier prod stack: of its values only intervals and " +
        "Alertmanager's configuration had an effect, as this put them in their places.",
    );
  }
  console.log(`On ${cpus().length} cores, at a load of ${(loadavg()[1] ?? 0).toFixed(1)}:`);
  for (const command of commands) console.log(line(command));
  for (const problem of problems) console.log(colours.red(problem));
  if (problems.length === 0) {
    console.log(
      colours.green(
        "Prometheus scrapes both services, Alertmanager has the Watchdog, nothing is left.",
      ),
    );
  }
}

/** Such as `npm run local: 19.5 s (18 s of it the update); 29 created; slowest: ... 13.0 s`. */
function line({ command, printed, seconds }: TimedCommand): string {
  const changes = Object.entries(changesIn(printed)).map(([what, count]) => `${count} ${what}`);
  const slowest = slowestIn(printed)
    .slice(0, SLOWEST)
    .map((each) => `${each.resource} ${each.seconds.toFixed(1)} s`);
  const update = durationIn(printed);
  return [
    `${command}: ${seconds.toFixed(1)} s`,
    ...(update === undefined ? [] : [` (${update} s of it the update)`]),
    ...(changes.length > 0 ? [`; ${changes.join(", ")}`] : []),
    ...(slowest.length > 0 ? [`; slowest: ${slowest.join(", ")}`] : []),
  ].join("");
}
