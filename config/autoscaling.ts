import * as command from "./commands";
import { type Problems, shown } from "./problems";
import type { Values } from "./reader";

/** A rate over two minutes needs samples enough. */
const MOST_SCRAPE_SECONDS = 30;

/** Rules for scaling on requests, which concern several keys. */
export function checkAutoscaling(values: Values, problems: Problems): void {
  const { taskServiceRequestsPerSecond, taskStore, scrapeInterval } = values;
  if (taskServiceRequestsPerSecond === 0) return;
  if (taskStore === "memory") {
    const must =
      "dynamodb with taskServiceRequestsPerSecond: in memory there is exactly one pod, and nothing to scale";
    problems.add("taskStore", must, shown(taskStore), command.set("taskStore", "dynamodb"));
  }
  if (secondsOf(scrapeInterval) > MOST_SCRAPE_SECONDS) {
    const must = `${MOST_SCRAPE_SECONDS}s at most with taskServiceRequestsPerSecond: pods are scaled on the rate of two minutes`;
    const fix = command.set("scrapeInterval", `${MOST_SCRAPE_SECONDS}s`);
    problems.add("scrapeInterval", must, shown(scrapeInterval), fix);
  }
  checkNamespace(values, problems);
}

/** KEDA's network policies and Pod Security are its own. */
function checkNamespace(values: Values, problems: Problems): void {
  const { kedaNamespace, monitoringNamespace, serviceNamespace } = values;
  const taken = [monitoringNamespace, `${monitoringNamespace}-node-exporter`, serviceNamespace];
  if (!taken.includes(kedaNamespace)) return;
  const must = `a namespace of its own, none of ${taken.join(", ")}`;
  const other = taken.includes("keda") ? "autoscaling" : "keda";
  const fix = command.set("kedaNamespace", other);
  problems.add("kedaNamespace", must, shown(kedaNamespace), fix);
}

/** As the rule of scrapeInterval allows it: seconds or minutes. */
const secondsOf = (interval: string): number =>
  Number.parseInt(interval, 10) * (interval.endsWith("m") ? 60 : 1);
