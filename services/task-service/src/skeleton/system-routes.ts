/** The paths that the skeleton answers itself. */
export const systemPaths = {
  startup: "/health/startup",
  liveness: "/health/liveness",
  readiness: "/health/readiness",
  metrics: "/metrics",
  metricsJson: "/metrics.json",
} as const;

/** Each of them is a GET; the codes it answers with, of which the first is its success. */
export const systemCodes = {
  [systemPaths.startup]: [200, 503],
  [systemPaths.liveness]: [200],
  [systemPaths.readiness]: [200, 503],
  [systemPaths.metrics]: [200],
  [systemPaths.metricsJson]: [200],
} as const;

/** Whether requests of this `route` label are probes or scrapes. */
export function isSystemRoute(route: string): boolean {
  return route in systemCodes;
}
