import { markdownTable } from "markdown-table";
import type { FaultResult } from "./faults";

/** The result of a rehearsal. */
export interface Report {
  readonly cli: string;
  readonly seed: number;
  readonly checks: readonly CheckResult[];
  readonly faults: readonly FaultResult[];
}

export interface CheckResult {
  readonly name: string;
  /** The figure that it found, or the error. */
  readonly figure: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/** Tables that are Markdown too, and the closing line. */
export function printed(report: Report): string {
  const { cli, seed, checks, faults } = report;
  const about = `pulumi ${cli}, seed ${seed}`;
  const shown = table(
    ["", "check", "figure", "s"],
    checks.map(({ ok, name, figure, seconds }) => [
      ok ? "ok" : "FAILED",
      name,
      figure.split("\n")[0] ?? "",
      seconds.toFixed(1),
    ]),
  );
  return [about, shown, faultTable(faults), killTable(faults), closingLine(faults)].join("\n\n");
}

/** Each resource's faults side by side. */
function faultTable(faults: readonly FaultResult[]): string {
  const kinds = ["create: nothing made", "create: not ready", "delete"];
  const plain = faults.filter(({ fault }) => kinds.includes(fault));
  const urns = [...new Set(plain.map(({ urn }) => urn))];
  return table(
    ["resource", ...kinds],
    urns.map((urn) => [
      shortUrn(urn),
      ...kinds.map((kind) => cell(plain.find((each) => each.urn === urn && each.fault === kind))),
    ]),
  );
}

function killTable(faults: readonly FaultResult[]): string {
  const kills = faults.filter(({ fault }) => fault.startsWith("killed "));
  return table(
    ["killed", "in flight", "recovered by"],
    kills.map((kill) => [kill.fault.replace("killed ", ""), shortUrn(kill.urn), cell(kill)]),
  );
}

/** An empty cell: there is no such call for the resource. */
function cell(result: FaultResult | undefined): string {
  if (!result) return "";
  return result.recoveredBy ?? `NOT RECOVERED: ${result.leftOver.join("; ")}`;
}

export function closingLine(faults: readonly FaultResult[]): string {
  const recovered = faults.filter(({ recoveredBy }) => recoveredBy !== undefined).length;
  const left = faults.filter(({ leftOver }) => leftOver.length > 0).length;
  return `${faults.length} faults, ${recovered} recovered, ${left} left over`;
}

const table = (head: string[], rows: string[][]): string =>
  markdownTable([head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|"))));

const shortUrn = (urn: string): string => {
  const [, , types = "", ...name] = urn.split("::");
  return `${types.slice(types.lastIndexOf(":") + 1)} ${name.join("::")}`;
};
