import type { Random } from "random";
import { POD_NUMBERS } from "./conditions";
import type { Requests, Series, Step } from "./step";

const SERVICE =
  'namespace="prod",job="task-service",service="task-service",container="task-service"';
const MIB = 2 ** 20;
const ORDINARY_MEMORY_MIB = 120;
/** Slices of 100 ms in a step. */
const SLICES = 300;

/**
 * The histogram of requests, as far as alerts read it: counts by class of code, and the objective's bucket. One
 * route stands for all, as no rule tells them apart.
 */
export function requestSeries(steps: readonly Step[]): Series[] {
  return POD_NUMBERS.flatMap((pod) => {
    const counter = (suffix: string, labels: string, of: (requests: Requests) => number) => ({
      name: `http_request_duration_seconds_${suffix}{${ofPod(pod)},method="GET",route="/api/tasks",${labels}}`,
      values: scraped(
        steps,
        pod,
        summed(steps, ({ requests }) => of(requests[pod] ?? NONE)),
      ),
    });
    return [
      counter("count", 'code="2xx"', ({ fine, slow }) => fine + slow),
      counter("count", 'code="5xx"', ({ failed }) => failed),
      counter("bucket", 'code="2xx",le="0.25"', ({ fine }) => fine),
    ];
  });
}

/** Whether a pod is scraped, and what its process and its tasks tell. */
export function processSeries(steps: readonly Step[], random: Random): Series[] {
  const done = steps.map(({ conditions }) => (conditions.done === false ? 0 : random.poisson(1)()));
  return POD_NUMBERS.flatMap((pod) => {
    const isLeaking = pod === 0;
    const series = (name: string, labels: string, values: readonly number[]): Series => ({
      name: `${name}{${ofPod(pod)}${labels}}`,
      values: scraped(steps, pod, values),
    });
    const slices = (le: string, of: (busy: number) => number) =>
      series(
        "nodejs_eventloop_utilization_histogram_bucket",
        `,le="${le}"`,
        summed(steps, ({ conditions: { busy = 0 } }) => of(busy)),
      );
    return [
      {
        name: `up{${ofPod(pod)}}`,
        values: steps.map((step) => (isUnscraped(step, pod) ? 0 : 1)),
      },
      series(
        "process_resident_memory_bytes",
        "",
        steps.map(({ conditions: { memory = ORDINARY_MEMORY_MIB } }) =>
          Math.round((isLeaking ? memory : ORDINARY_MEMORY_MIB) * MIB),
        ),
      ),
      slices("0.95", (busy) => Math.round(SLICES * (1 - busy))),
      slices("1", () => SLICES),
      slices("+Inf", () => SLICES),
      series(
        "scrape_samples_post_metric_relabeling",
        "",
        steps.map(() => 700),
      ),
      series(
        "tasks_overdue",
        "",
        steps.map(({ conditions: { overdue = 0 } }) => overdue),
      ),
      // Every pod writes its share to the same store.
      series(
        "tasks_done_total",
        "",
        summed(steps, (_, step) => done[step] ?? 0),
      ),
    ];
  });
}

const NONE: Requests = { fine: 0, slow: 0, failed: 0 };

const ofPod = (pod: number): string => `${SERVICE},endpoint="http",pod="task-service-${pod}"`;

const isUnscraped = ({ conditions: { unscraped = [] } }: Step, pod: number): boolean =>
  unscraped.includes(pod);

/** What Prometheus has of it: nothing while the pod cannot be scraped. */
const scraped = (
  steps: readonly Step[],
  pod: number,
  values: readonly number[],
): Series["values"] =>
  steps.map((step, index) => (isUnscraped(step, pod) ? undefined : values[index]));

/** A counter of what each step adds. */
function summed(steps: readonly Step[], of: (step: Step, index: number) => number): number[] {
  let reached = 0;
  return steps.map((step, index) => (reached += of(step, index)));
}
