import type { Rule } from "./rules";

/** The services that a stack may have: a folder and a file of services/ each. */
export const SERVICES = ["task-service", "quote-service"] as const;

export const serviceName: Rule = {
  must: `the name of a service: ${SERVICES.join(" or ")}`,
  test: (value) => SERVICES.some((name) => name === value),
  example: SERVICES[0],
};
