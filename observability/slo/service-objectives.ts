import { namesOf, type ServiceFacts } from "../service-facts";
import { type Objective, objectives } from "./objectives";

/**
 * The objectives of a service; none without `slo`.
 * @throws Error where its metrics cannot tell, or where an objective is wrong
 */
export function serviceObjectives(facts: ServiceFacts): Objective[] {
  if (!facts.slo) return [];
  const { requests } = namesOf(facts);
  if (requests) return objectives(facts.name, facts.slo, facts.buckets, requests.bucketsFix);
  throw new Error(
    `${facts.name}: slo must be left out, because preset ${facts.preset} knows neither codes nor durations of requests; ` +
      `got ${JSON.stringify(facts.slo)}. Fix: leave slo out, or instrument what answers behind it.`,
  );
}
