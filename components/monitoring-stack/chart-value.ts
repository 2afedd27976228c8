/** A value of the chart; `Deferred` stands for those that other resources give. */
export type ChartValue<Deferred> =
  | string
  | number
  | boolean
  | Deferred
  | readonly ChartValue<Deferred>[]
  | { readonly [key: string]: ChartValue<Deferred> };

/** Requests and limits, without one for CPU: throttling a scraper or an exporter loses samples (kubernetes-mixin, CPUThrottlingHigh). */
export function memory(cpu: string, request: string, limit: string): ChartValue<never> {
  return { requests: { cpu, memory: request }, limits: { memory: limit } };
}
