import type { Unit } from "./dashboards/panel";
import type { Severity } from "./severity";

/** What a user adds for metrics that only this service has. */
export interface OwnMetrics {
  /** Names of the service's metrics that these read: long-term storage gets them too. @default none */
  readonly metrics?: readonly string[];
  /** Panels of the dashboard's business row. @default none */
  readonly panels?: readonly OwnPanel[];
  /** Alerts beside those that every service has. @default none */
  readonly alerts?: readonly OwnAlert[];
  /** Recording rules. @default none */
  readonly records?: readonly OwnRecord[];
}

/**
 * PromQL as a function of the service's own matchers, such as `namespace="prod",job="orders"`, to put into braces.
 * A panel gets the dashboard's variables, a rule gets namespace and job by name.
 */
export type Query = (series: string) => string;

export interface OwnPanel {
  /** Heading of the panel. */
  readonly title: string;
  /** What it shows and what to think of it; behind the panel's "i". */
  readonly description: string;
  readonly unit: Unit;
  /** Lines of the panel, and how its legend calls each. */
  readonly queries: readonly { readonly expr: Query; readonly legend: string }[];
  /** Lines over time, or the newest number. @default "timeseries" */
  readonly kind?: "timeseries" | "stat";
}

export interface OwnAlert {
  /** Upper camel case, such as "OrdersStuck". */
  readonly name: string;
  readonly severity: Severity;
  readonly expr: Query;
  /** Prometheus duration. @default fires at once */
  readonly for?: string;
  /** One line, for a phone. Prometheus' templates work in it. */
  readonly summary: string;
  /** What it means, with numbers. */
  readonly description: string;
  /** Page in the folder of runbooks, without .md; its heading is the alert's name. */
  readonly runbook: string;
}

export interface OwnRecord {
  /** level:metric:operations, such as "service:orders:rate5m". */
  readonly record: string;
  readonly expr: Query;
}
