import type * as pulumi from "@pulumi/pulumi";
import { InstrumentedService } from "../components/instrumented-service/instrumented-service";
import type { Platform } from "../components/platform";
import type { Watcher } from "../components/watcher";
import type { OwnMetrics } from "../observability/own-metrics";
import type { WatchedService } from "../observability/written-metrics";

/** What the stack decides about quote-service; everything else is in this file. */
export interface QuoteServiceArgs {
  readonly namespace: pulumi.Input<string>;
  readonly platform: Platform;
  readonly watchedBy: Watcher;
  /** A ready image to deploy. @default build services/quote-service */
  readonly image?: string;
}

/** GET of any quote and of one, the three probes and the metrics: they are counted too. */
const SCRAPED = { preset: "opentelemetry-node", routes: 6 } as const;
const SENT = { preset: "opentelemetry-otlp" } as const;

/** Deploys quote-service, which the OpenTelemetry SDK instruments; it sends its metrics where somebody takes them. */
export function deployQuoteService(args: QuoteServiceArgs): InstrumentedService {
  const { namespace, platform, watchedBy, image } = args;
  return new InstrumentedService(
    "quote-service",
    {
      namespace,
      platform,
      watchedBy,
      image: { context: "./services/quote-service", ...(image !== undefined && { use: image }) },
      metrics: watchedBy.otlp ? SENT : SCRAPED,
      // Counted over 30 days. 0.1 s is a bucket of the semantic conventions.
      slo: { availability: 99.5, latency: { percent: 99, seconds: 0.1 } },
      own,
      environment: watchedBy.otlp ? {} : { OTEL_SERVICE_NAME: "quote-service" },
    },
    { providers: platform.providers },
  );
}

/** The panel for the metric that only quote-service has. */
const own: OwnMetrics = {
  metrics: ["quotes_served_total"],
  panels: [
    {
      title: "Quotes served",
      description: "Per second, over all pods.",
      unit: "ops",
      queries: [
        {
          expr: (series) => `sum(rate(quotes_served_total{${series}}[$__rate_interval]))`,
          legend: "served",
        },
      ],
    },
  ],
};

/** What long-term storage has to have of it. */
export const watchedQuoteService = (otlpReceiver: boolean): WatchedService => ({
  ...(otlpReceiver ? SENT : SCRAPED),
  own,
});
