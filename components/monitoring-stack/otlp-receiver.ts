import * as pulumi from "@pulumi/pulumi";
import type { OtlpReceiver } from "../watcher";
import type { ChartValue } from "./chart-value";
import { prometheusAddress } from "./prometheus";

/** What decides whether Prometheus takes metrics that are sent. */
interface OtlpArgs {
  readonly otlpReceiver?: boolean;
  readonly replicas?: number;
  readonly scrapeInterval: string;
}

/** Resource attributes that become labels of every series: the preset opentelemetry-otlp finds services by them. */
const LABELS = ["k8s.namespace.name", "k8s.pod.name"];
/** How late a sample may come: a sender, or a collector between, may have had to wait. */
const OUT_OF_ORDER = "30m";
const RECEIVER_PATH = "/api/v1/otlp/v1/metrics";

/**
 * Values of the chart's prometheusSpec.
 * @throws Error with several replicas, of which each would have a part of what is sent
 */
export function otlpValues({
  otlpReceiver = false,
  replicas = 1,
}: OtlpArgs): Record<string, ChartValue<never>> {
  if (!otlpReceiver) return {};
  if (replicas > 1) {
    throw new Error(
      `replicas must be 1 with otlpReceiver, because what is sent reaches one replica only; got ${replicas}. Fix: give replicas: 1, or leave otlpReceiver out.`,
    );
  }
  return {
    enableOTLPReceiver: true,
    // The preset's names are made so: dots become underscores, and the unit is added.
    otlp: {
      promoteResourceAttributes: LABELS,
      translationStrategy: "UnderscoreEscapingWithSuffixes",
    },
    tsdb: { outOfOrderTimeWindow: OUT_OF_ORDER },
  };
}

/** Where services send their metrics, as often as others are scraped; undefined where Prometheus takes none. */
export function otlpReceiverOf(
  { otlpReceiver = false, scrapeInterval }: OtlpArgs,
  namespace: pulumi.Input<string>,
): OtlpReceiver | undefined {
  if (!otlpReceiver) return undefined;
  const [, amount, unit] = /^(\d+)(s|m)$/.exec(scrapeInterval) ?? [];
  return {
    endpoint: pulumi.interpolate`${prometheusAddress(namespace)}${RECEIVER_PATH}`,
    intervalMilliseconds: Number(amount) * (unit === "m" ? 60_000 : 1000),
  };
}
