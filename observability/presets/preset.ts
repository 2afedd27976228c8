/**
 * The names of one way to instrument a service, which rules, dashboard and objectives are made from.
 * What a preset has no name for gets no panel and no alert.
 */
export interface Preset {
  readonly target: TargetNames;
  /** @default nothing counts requests by code and duration: no objectives */
  readonly requests?: RequestNames;
  /** Of a server whose exporter knows its connections only. @default none */
  readonly connections?: ConnectionNames;
  readonly process: ProcessNames;
  /** Upper bounds of the histogram of requests in seconds, unless the service has others. */
  readonly buckets: readonly number[];
  /** The most series that a pod exports, whatever clients send: a fixed part, and one for each route. */
  readonly series: { readonly fixed: number; readonly perRoute: number };
}

/** How the series of a service and of its pods are found. */
export interface TargetNames {
  /** Is 1, once for each pod, while the pod's metrics arrive. */
  readonly alive: string;
  /** Labels of every series. The job's value is the Service's name. */
  readonly job: string;
  readonly namespace: string;
  readonly pod: string;
  /** Whether Prometheus fetches the metrics. False: the pods send them, and nothing counts samples. */
  readonly scraped: boolean;
}

export interface RequestNames {
  /** Histogram of durations in seconds: its name before _bucket, _count and _sum. */
  readonly histogram: string;
  /** Label of the path's pattern, such as /tasks/{id}. */
  readonly route: string;
  /** Label of the status code; a class of codes, such as 5xx, will do. */
  readonly code: string;
  /** Routes that nobody but the cluster waits for: a regular expression of the label's values. */
  readonly probes: string;
  /** How a request shows that matched no route: a sentence. */
  readonly unmatched: string;
  /** Whether the series are there before the first request. */
  readonly fromStart: boolean;
  /** Gauge of requests being answered. @default none */
  readonly inFlight?: string;
  /**
   * Counter of answers from 400 on by exact code, and of requests that their client gave up as 499;
   * the histogram's code is then a class. @default the histogram has exact codes, and nothing counts
   * what clients gave up
   */
  readonly errorCounter?: string;
  /** What makes the service export buckets. @default it always does */
  readonly bucketsFix?: string;
}

export interface ConnectionNames {
  /** Counter of requests, of every route and code. */
  readonly requests: string;
  /** Gauges of open connections, by what is being done with them. */
  readonly states: readonly string[];
  /** Counters: what is accepted and not handled was dropped. */
  readonly accepted: string;
  readonly handled: string;
}

/** Every field is optional: @default no panel, no alert, no annotation of it. */
export interface ProcessNames {
  /** What the process is written in. */
  readonly language?: "JavaScript" | "Java";
  /** Histogram of the event loop's utilisation, 0 to 1, in short slices of time. */
  readonly eventLoopUtilisation?: string;
  /** Counter of the seconds that the event loop was busy. */
  readonly eventLoopBusy?: Metric;
  /** Gauge: seconds that the event loop was late at most. */
  readonly eventLoopDelay?: string;
  /** Counter of the time that the process had a core. */
  readonly cpuTime?: Metric;
  /** Gauge of bytes in memory. */
  readonly residentMemory?: string;
  /** Gauges of bytes. */
  readonly heap?: { readonly used: Metric; readonly total: Metric };
  /** Counter of seconds, and the label that tells its kinds apart. */
  readonly garbageCollection?: { readonly seconds: string; readonly kind: string };
  /** Gauges of open files and of the most that may be open. */
  readonly files?: { readonly open: string; readonly most: string };
  /** Gauge of the time of the start, and one whose label `version` is the service's. */
  readonly version?: { readonly started: string; readonly info: string };
}

/** A metric of which a pod has one series, unless it is in parts. */
export interface Metric {
  readonly name: string;
  /** @default all series */
  readonly matchers?: string;
  /** A pod has several series, to be added up. @default false */
  readonly inParts?: boolean;
  /** How many of the metric's units make a second or a byte. @default 1 */
  readonly perUnit?: number;
}

/** What the operator's ServiceMonitor makes of a pod. */
export const scrapedPod: TargetNames = {
  alive: "up",
  job: "job",
  namespace: "namespace",
  pod: "pod",
  scraped: true,
};

/** Of the health paths that InstrumentedService probes, and of the scrape itself. */
export const PROBES = "/health/.*|/metrics.*";
