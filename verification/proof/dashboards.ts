import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { fleetDashboard } from "../../observability/dashboards/fleet-dashboard";
import { serviceDashboard } from "../../observability/dashboards/service-dashboard";
import { libraryService, taskService } from "./sample-services";

new Command("dashboards")
  .description(
    "Writes the dashboards' JSON, to be imported elsewhere: one for a service with this project's " +
      "middleware, one for prometheus-api-metrics, one for all services. Namespace and job are variables.",
  )
  .requiredOption("--out <folder>", "where to; made if it is not there")
  .action(({ out }: { out: string }) => {
    mkdirSync(out, { recursive: true });
    for (const dashboard of [
      serviceDashboard(taskService),
      serviceDashboard(libraryService),
      fleetDashboard(),
    ]) {
      const file = join(out, `${dashboard.uid}.json`);
      writeFileSync(file, `${JSON.stringify(dashboard, undefined, 2)}\n`);
      console.log(file);
    }
  })
  .parse();
