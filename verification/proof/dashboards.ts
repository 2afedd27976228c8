import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { deployedServices } from "./services";

void new Command("dashboards")
  .description(
    "Writes the dashboards' JSON, to be imported elsewhere: one for a service with this project's " +
      "middleware, one for prometheus-api-metrics, one for all services. Namespace and job are variables.",
  )
  .requiredOption("--out <folder>", "where to; made if it is not there")
  .action(async ({ out }: { out: string }) => {
    const { task, library, fleetDashboard } = await deployedServices();
    mkdirSync(out, { recursive: true });
    for (const dashboard of [task.dashboard, library.dashboard, fleetDashboard]) {
      const file = join(out, `${dashboard.uid}.json`);
      writeFileSync(file, `${JSON.stringify(dashboard, undefined, 2)}\n`);
      console.log(file);
    }
  })
  .parseAsync();
