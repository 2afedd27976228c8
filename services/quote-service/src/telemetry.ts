import { createRequire } from "node:module";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { HostMetrics } from "@opentelemetry/host-metrics";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { RuntimeNodeInstrumentation } from "@opentelemetry/instrumentation-runtime-node";
import { defaultResource, detectResources, envDetector } from "@opentelemetry/resources";
import { MeterProvider, type MetricReader } from "@opentelemetry/sdk-metrics";

/**
 * Instruments HTTP servers, the runtime and the process: metrics only, no traces. The service's name
 * and attributes are those of OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
 */
export function instrument(reader: MetricReader): MeterProvider {
  // The stable names of the semantic conventions; without it the old ones, in milliseconds.
  process.env.OTEL_SEMCONV_STABILITY_OPT_IN ??= "http";
  // Brings the route from the handler back to the instrumentation.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const resource = defaultResource().merge(detectResources({ detectors: [envDetector] }));
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  registerInstrumentations({
    meterProvider,
    instrumentations: [
      new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true }),
      new RuntimeNodeInstrumentation(),
    ],
  });
  // A module is instrumented when it is required, and then for those as well who import it.
  createRequire("/")("node:http");
  new HostMetrics({ meterProvider, metricGroups: ["process.cpu", "process.memory"] }).start();
  return meterProvider;
}
