import { recordStack } from "../../simulation/record-stack";
import { at, reveal } from "../../simulation/resource";
import type { PrometheusApi } from "./prometheus-api";

const SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject";

/**
 * Asks what KEDA would ask if task-service were scaled on its requests. That anything is scaled needs KEDA's image.
 * @returns a sentence where the answer is not one rate above 0, which is what the load makes
 */
export async function scalingProblems(prometheus: PrometheusApi): Promise<string[]> {
  const query = await scalingQuery();
  const values = await prometheus.values(query);
  return values.length === 1 && Number(values[0]) > 0
    ? []
    : [
        `the autoscaler's query must have one value above 0; got ${values.join(", ") || "none"}: ${query}`,
      ];
}

/** Of the ScaledObject that the prod stack has when its key is set. */
async function scalingQuery(): Promise<string> {
  const { resources } = await recordStack("prod", {
    config: { taskServiceRequestsPerSecond: "50" },
  });
  const scaled = resources.find(({ type }) => type === SCALED_OBJECT);
  const [trigger] = [at(reveal(scaled?.inputs), "spec.triggers")].flat();
  return String(at(trigger, "metadata.query"));
}
