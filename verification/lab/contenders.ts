import type { Recording } from "../../simulation/recorder";
import { chartRuleSet } from "./chart-rules";
import { plainRuleSet, type RuleSet, serviceRuleSet } from "./rule-sets";
import { slothRuleSet } from "./sloth";

/** Whose rules are played, in the order of the table. The first is this stack: the service's rules and the chart's. */
export const CONTENDERS = ["stack", "plain", "chart", "sloth"] as const;
export type Contender = (typeof CONTENDERS)[number];

export const TITLES: Readonly<Record<Contender, string>> = {
  stack: "this stack",
  plain: "5xx > 1 % for 5 minutes",
  chart: "the chart's defaults alone",
  sloth: "sloth 0.16",
};

/** The rules that each brings of its own; the stack has the chart's besides. */
export interface Contending {
  readonly rules: Readonly<Partial<Record<Contender, RuleSet>>>;
  /** A sentence for each that is left out. */
  readonly missing: readonly string[];
}

/** @param options.others false: this stack's own rules only */
export async function contending(
  recording: Recording,
  { chart, others }: { readonly chart?: string | undefined; readonly others: boolean },
): Promise<Contending> {
  const own = { stack: serviceRuleSet(recording), plain: plainRuleSet() };
  if (!others) return { rules: own, missing: [] };
  const ofChart = chartRuleSet(recording, chart);
  const ofSloth = await slothRuleSet();
  return {
    rules: {
      ...own,
      ...(!("missing" in ofChart) && { chart: ofChart }),
      ...(!("missing" in ofSloth) && { sloth: ofSloth }),
    },
    missing: [ofChart, ofSloth].flatMap((rules) => ("missing" in rules ? [rules.missing] : [])),
  };
}
