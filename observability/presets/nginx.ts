import { type Preset, scrapedPod } from "./preset";

/** nginx with nginx-prometheus-exporter: all that nginx's page stub_status tells. */
export const nginx: Preset = {
  target: scrapedPod,
  connections: {
    requests: "nginx_http_requests_total",
    states: ["nginx_connections_reading", "nginx_connections_writing", "nginx_connections_waiting"],
    accepted: "nginx_connections_accepted",
    handled: "nginx_connections_handled",
  },
  process: {},
  buckets: [],
  // 9 (measured); later versions of the exporter add those of its own process.
  series: { fixed: 100, perRoute: 0 },
};
