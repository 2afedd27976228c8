export interface Variant {
  readonly name: string;
  /** The file of this folder that serves it. */
  readonly app: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** What everything is compared with. */
export const bare: Variant = { name: "bare Express", app: "bare-app.ts" };

/** Each has one histogram of durations by method, route and code, but where its name says more. */
export const middlewares: readonly Variant[] = [
  { name: "the middleware of this service", app: "own-app.ts" },
  { name: "a few lines by hand, same client", app: "by-hand-app.ts" },
  { name: "prometheus-api-metrics, durations alone", app: "library-duration-app.ts" },
  { name: "prometheus-api-metrics, its three histograms", app: "library-app.ts" },
  { name: "express-prom-bundle", app: "prom-bundle-app.ts" },
  { name: "OpenTelemetry, HTTP metrics with route", app: "otel-app.ts" },
];

const service = (name: string, environment: NodeJS.ProcessEnv): Variant => ({
  name: `the whole service, ${name}`,
  app: "service-app.ts",
  environment,
});

export const wholeService: readonly Variant[] = [
  service("no log of requests", { LOG_LEVEL: "error", LOG_SAMPLE: "0" }),
  service("its default log", {}),
  service("every request logged", { LOG_SAMPLE: "1" }),
];
