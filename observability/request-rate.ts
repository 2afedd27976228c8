import { aliveSeries, namesOf, ruleRequests, ruleSeries, type ServiceFacts } from "./service-facts";

/** Short, so that pods follow the load; at a scrape interval of 30 s four samples, of which two are needed. */
const WINDOW = "2m";

/**
 * Requests per second over all pods, one value: what the service is scaled on. Before the first request it
 * is 0; without a pod whose metrics arrive there is none, because nobody knows.
 * @throws Error where the preset does not count requests
 */
export const requestRate = (facts: ServiceFacts): string =>
  `sum(rate(${requestCounter(facts)}[${WINDOW}])) or 0 * sum(${aliveSeries(facts)} == 1)`;

/** Without probes and scrapes, where the metrics tell these apart. */
function requestCounter(facts: ServiceFacts): string {
  const { requests, connections } = namesOf(facts);
  if (requests) return `${requests.histogram}_count{${ruleRequests(facts, requests)}}`;
  if (connections) return `${connections.requests}{${ruleSeries(facts)}}`;
  throw new Error(
    `${facts.name}: autoscale must be left out; the preset ${facts.preset} counts no requests. Fix: leave it out to scale on CPU.`,
  );
}
