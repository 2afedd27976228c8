import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { type RuleSet, ruleSet, type Rules, SERVICE } from "./rule-sets";

/** A generator of rules for objectives: https://github.com/slok/sloth */
const SLOTH = "github.com/slok/sloth/cmd/sloth@v0.16.0";

const HISTOGRAM = "http_request_duration_seconds";
const rate = (suffix: string, matchers = ""): string =>
  `sum(rate(${HISTOGRAM}_${suffix}{job="${SERVICE}"${matchers}}[{{.window}}]))`;

/** task-service's objectives in sloth's words. */
const SPEC = {
  version: "prometheus/v1",
  service: SERVICE,
  slos: [
    objective("availability", 99.9, {
      error_query: rate("count", ',code=~"5.."'),
      total_query: rate("count"),
    }),
    objective("latency", 99, {
      error_query: `${rate("count", ',code!~"5.."')} - ${rate("bucket", ',code!~"5..",le="0.25"')}`,
      total_query: rate("count", ',code!~"5.."'),
    }),
  ],
};

/** @returns the rules that sloth writes, or why it could not be run */
export async function slothRuleSet(): Promise<RuleSet | { readonly missing: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), "lab-sloth-"));
  try {
    const spec = path.join(folder, "objectives.yaml");
    const out = path.join(folder, "rules.yaml");
    writeFileSync(spec, stringify(SPEC));
    const written = await go(["run", SLOTH, "generate", "--input", spec, "--out", out]);
    if (written !== undefined) return { missing: `sloth: ${written}` };
    return ruleSet((parse(readFileSync(out, "utf8")) as Rules).groups);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function objective(name: string, percent: number, events: Readonly<Record<string, string>>) {
  return {
    name,
    objective: percent,
    sli: { events },
    alerting: {
      name: `Sloth${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`,
      page_alert: { labels: { severity: "critical" } },
      ticket_alert: { labels: { severity: "warning" } },
    },
  };
}

/** @returns the last line of what went wrong, or undefined */
const go = (args: readonly string[]): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile("go", args, (error, _stdout, stderr) => {
      resolve(error ? (stderr.trim().split("\n").at(-1) ?? error.message) : undefined);
    });
  });
