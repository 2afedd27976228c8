/** An alert as Prometheus shows it. */
export interface PrometheusAlert {
  readonly state: "pending" | "firing";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleHealth {
  readonly name: string;
  /** Its expression. */
  readonly query: string;
  readonly health: "ok" | "err" | "unknown";
  readonly lastError?: string;
}

export interface LabelledValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface ActiveTarget {
  readonly scrapePool: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Targets {
  readonly activeTargets: readonly ActiveTarget[];
  /** Found, and not kept by a job's rules. */
  readonly droppedTargets: readonly { readonly scrapePool: string }[];
}

type Sample = readonly [seconds: number, value: string];
type Answer =
  | {
      readonly resultType: "vector";
      readonly result: readonly {
        readonly metric: LabelledValue["labels"];
        readonly value: Sample;
      }[];
    }
  | { readonly resultType: "scalar"; readonly result: Sample };

/** A series over time: seconds and value of each step that has one. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** The few questions that the proof and the lab have for a Prometheus. */
export class PrometheusApi {
  constructor(readonly url: string) {}

  /** @returns how many series have a number as their value; NaN is no answer */
  async rows(expr: string): Promise<number> {
    return (await this.values(expr)).length;
  }

  /** The value of each series that has a number, such as "12.5" or "+Inf". */
  async values(expr: string): Promise<string[]> {
    return (await this.labelledValues(expr)).map(({ value }) => value);
  }

  /**
   * The same with the series' labels.
   * @param at seconds since 1970. @default now
   */
  async labelledValues(expr: string, at?: number): Promise<LabelledValue[]> {
    const query = new URLSearchParams({
      query: expr,
      ...(at !== undefined && { time: String(at) }),
    });
    const { resultType, result } = (await this.ask(`query?${query.toString()}`)) as Answer;
    const series = resultType === "vector" ? result : [{ metric: {}, value: result }];
    return series
      .map(({ metric, value: [, value] }) => ({ labels: metric, value }))
      .filter(({ value }) => value !== "NaN");
  }

  /** The series of an expression between two times, all in seconds. */
  async range(
    expr: string,
    times: Readonly<Record<"start" | "end" | "step", number>>,
  ): Promise<RangeSeries[]> {
    const { start, end, step } = times;
    const query = new URLSearchParams({
      query: expr,
      start: String(start),
      end: String(end),
      step: String(step),
    });
    const { result } = (await this.ask(`query_range?${query.toString()}`)) as {
      result: RangeSeries[];
    };
    return result;
  }

  async alerts(): Promise<PrometheusAlert[]> {
    return ((await this.ask("alerts")) as { alerts: PrometheusAlert[] }).alerts;
  }

  async rules(): Promise<RuleHealth[]> {
    const { groups } = (await this.ask("rules")) as { groups: { rules: RuleHealth[] }[] };
    return groups.flatMap(({ rules }) => rules);
  }

  async targets(): Promise<Targets> {
    return (await this.ask("targets")) as Targets;
  }

  private async ask(path: string): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; error?: string; data: unknown };
    if (answer.status !== "success") throw new Error(`Prometheus: ${answer.error ?? path}`);
    return answer.data;
  }
}
