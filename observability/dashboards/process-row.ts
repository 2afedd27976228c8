import { NEAR_LIMIT, type Panel } from "./panel";
import { gaugeByPod, podLegend, rate, rateByPod, series } from "./selectors";
import { memoryBytes } from "../memory-quantity";
import type { Metric, Preset, ProcessNames } from "../presets/preset";
import { namesOf, type ServiceFacts } from "../service-facts";

/** Utilisation, saturation and errors of the process: as much of it as the preset has names for. */
export function processPanels(facts: ServiceFacts): Panel[] {
  const preset = namesOf(facts);
  const names = preset.process;
  return [
    ...where(names.eventLoopUtilisation, (name) => eventLoopUtilisation(preset, name)),
    ...where(names.eventLoopBusy, (metric) => eventLoopBusy(preset, metric)),
    ...where(names.eventLoopDelay, (name) => eventLoopDelay(preset, name)),
    ...where(names.cpuTime, (metric) => cpu(preset, metric)),
    ...where(names.residentMemory, (name) => memory(preset, name, facts.memoryLimit)),
    ...where(names.heap, (heapNames) => heap(preset, heapNames)),
    ...where(names.garbageCollection, (gc) => garbageCollection(preset, gc)),
    ...where(names.files, (files) => openFiles(preset, files)),
  ];
}

/** A panel where there is a name for it. */
const where = <Names>(names: Names | undefined, panel: (names: Names) => Panel): Panel[] =>
  names === undefined ? [] : [panel(names)];

const EVENT_LOOP = {
  title: "Event loop utilisation",
  unit: "percentunit",
} as const;

/** Read from the histogram: unlike a gauge it loses nothing when two servers scrape. */
function eventLoopUtilisation(preset: Preset, histogram: string): Panel {
  const { pod } = preset.target;
  const of = (suffix: string) => rate(`${histogram}_${suffix}`, series(preset));
  return {
    ...EVENT_LOOP,
    description: "Share of the time that it is busy. p99 at 1 means that requests wait in a queue.",
    queries: [
      {
        expr: `sum by (${pod}) (${of("sum")}) / sum by (${pod}) (${of("count")})`,
        legend: `${podLegend(preset)} mean`,
      },
      {
        expr: `histogram_quantile(0.99, sum by (le, ${pod}) (${of("bucket")}))`,
        legend: `${podLegend(preset)} p99`,
      },
    ],
  };
}

const eventLoopBusy = (preset: Preset, metric: Metric): Panel => ({
  ...EVENT_LOOP,
  description: "Share of the time that it is busy, by pod. At 1 requests wait in a queue.",
  queries: [{ expr: rateByPod(preset, metric), legend: podLegend(preset) }],
});

const eventLoopDelay = (preset: Preset, metric: string): Panel => ({
  title: "Event loop: longest delay",
  description:
    "Since the last scrape, by pod. The quantiles of this metric rest at 10 ms whatever happens; only the maximum shows a block.",
  unit: "s",
  queries: [{ expr: `${metric}{${series(preset)}}`, legend: podLegend(preset) }],
});

const cpu = (preset: Preset, metric: Metric): Panel => ({
  title: "CPU",
  description:
    preset.process.language === "JavaScript"
      ? "Cores in use, by pod. One is what JavaScript can use; more goes to GC threads."
      : "Cores in use, by pod.",
  unit: "none",
  queries: [{ expr: rateByPod(preset, metric), legend: podLegend(preset) }],
});

const memory = (preset: Preset, metric: string, limit: string): Panel => ({
  title: "Memory against the limit",
  description: `Resident memory over the container's ${limit}. At 100 % the kernel kills the process.`,
  unit: "percentunit",
  colours: NEAR_LIMIT,
  queries: [
    { expr: `${metric}{${series(preset)}} / ${memoryBytes(limit)}`, legend: podLegend(preset) },
  ],
});

const heap = (preset: Preset, { used, total }: NonNullable<ProcessNames["heap"]>): Panel => ({
  title: "Heap",
  description: `${preset.process.language ?? "The program"}'s part of the memory, by pod. Used near total for long means that GC finds nothing to free.`,
  unit: "bytes",
  queries: [
    { expr: gaugeByPod(preset, used), legend: `${podLegend(preset)} used` },
    { expr: gaugeByPod(preset, total), legend: `${podLegend(preset)} total` },
  ],
});

const garbageCollection = (
  preset: Preset,
  { seconds, kind }: NonNullable<ProcessNames["garbageCollection"]>,
): Panel => ({
  title: "Garbage collection",
  description: "Share of the time, by kind, over all pods. Major collections stop requests.",
  unit: "percentunit",
  queries: [{ expr: `sum by (${kind}) (${rate(seconds, series(preset))})`, legend: `{{${kind}}}` }],
});

const openFiles = (preset: Preset, { open, most }: NonNullable<ProcessNames["files"]>): Panel => ({
  title: "File descriptors against the limit",
  description: "Sockets and files. At 100 % no connection is accepted.",
  unit: "percentunit",
  colours: NEAR_LIMIT,
  queries: [
    {
      expr: `${open}{${series(preset)}} / ${most}{${series(preset)}}`,
      legend: podLegend(preset),
    },
  ],
});
