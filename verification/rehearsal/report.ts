import { markdownTable } from "markdown-table";
import type { FaultResult } from "./faults";
import { isAsExpected } from "./operation-checks";
import type { Effect } from "./operations/operation";
import type { OperationResult } from "./operations/run";

/** The result of a rehearsal. */
export interface Report {
  /** Such as "2026-11-27". */
  readonly date: string;
  /** What ran, in one line. */
  readonly versions: string;
  readonly seed: number;
  readonly checks: readonly CheckResult[];
  readonly operations: readonly OperationResult[];
  readonly faults: readonly FaultResult[];
}

export interface CheckResult {
  readonly name: string;
  /** The figure that it found, or the error. */
  readonly figure: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/** Tables that are Markdown too, and the closing lines. */
export function printed(report: Report): string {
  const { versions, seed, checks, operations, faults } = report;
  const shown = table(
    ["", "check", "figure", "s"],
    checks.map(({ ok, name, figure, seconds }) => [
      ok ? "ok" : "FAILED",
      name,
      figure.split("\n")[0]?.slice(0, 300) ?? "",
      seconds.toFixed(1),
    ]),
  );
  return [
    `${versions}, seed ${seed}`,
    shown,
    operationTable(operations),
    faultTable(faults),
    killTable(faults),
    closingLines(report).join("\n"),
  ].join("\n\n");
}

/** What each operation was expected to do; what it did where that differs. */
export function operationTable(operations: readonly OperationResult[]): string {
  return table(
    ["operation", "steps of up", "claims", "pods replaced", "the preview says", "run"],
    operations.map((operation) => [
      operation.name,
      ...effectCells(operation.expected),
      verdict(operation),
    ]),
  );
}

const effectCells = ({ steps, claims, restarted, announced }: Effect): string[] => [
  typeof steps === "string" ? steps : listed(steps),
  claims,
  listed(restarted),
  announced ? "yes" : "",
];

const listed = (items: readonly string[]): string =>
  items.length === 0 ? "none" : items.join(", ");

function verdict(operation: OperationResult): string {
  if (operation.skipped !== undefined) return `skipped: ${operation.skipped}`;
  if (isAsExpected(operation)) return "as expected";
  const lost = operation.lostUnannounced.map((claim) => `lost unannounced: ${claim}`);
  return [...operation.differences, ...lost].join("; ").slice(0, 400);
}

/** Each resource's faults side by side. */
export function faultTable(faults: readonly FaultResult[]): string {
  const plain = faults.filter(({ fault }) => !fault.startsWith("killed "));
  const kinds = [...new Set(plain.map(({ fault }) => fault))].sort();
  return table(
    ["fault", "injected", "recovered"],
    kinds.map((kind) => {
      const all = plain.filter(({ fault }) => fault === kind);
      const recovered = all.filter(({ recoveredBy }) => recoveredBy !== undefined);
      return [kind, String(all.length), String(recovered.length)];
    }),
  );
}

export function killTable(faults: readonly FaultResult[]): string {
  const kills = faults.filter(({ fault }) => fault.startsWith("killed "));
  return table(
    ["killed", "in flight", "recovered by"],
    kills.map((kill) => [kill.fault.replace("killed ", ""), shortUrn(kill.urn), cell(kill)]),
  );
}

const cell = ({ recoveredBy, leftOver }: FaultResult): string =>
  recoveredBy ?? `NOT RECOVERED: ${leftOver.join("; ").slice(0, 300)}`;

/** One line for operations, and one for faults. */
export function closingLines({ operations, faults }: Report): string[] {
  const count = (found: readonly unknown[]) => String(found.length);
  const asExpected = operations.filter(isAsExpected);
  const skipped = operations.filter((each) => each.skipped !== undefined);
  const lost = operations.filter(({ lostUnannounced }) => lostUnannounced.length > 0);
  const recovered = faults.filter(({ recoveredBy }) => recoveredBy !== undefined);
  const left = faults.filter(({ leftOver }) => leftOver.length > 0);
  return [
    `${count(operations)} operations, ${count(asExpected)} as expected, ${count(skipped)} skipped, ${count(lost)} with data lost unannounced`,
    `${count(faults)} faults, ${count(recovered)} recovered, ${count(left)} left over`,
  ];
}

const table = (head: string[], rows: string[][]): string =>
  markdownTable([head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|"))));

/** `begins Cluster cluster-eksCluster`; a write to Kubernetes is as short already. */
function shortUrn(what: string): string {
  if (!what.includes("urn:")) return what;
  const [phase] = what.split(" ");
  const [, , types = "", ...name] = what.split("::");
  return `${phase ?? ""} ${types.slice(types.lastIndexOf(":") + 1)} ${name.join("::")}`;
}
