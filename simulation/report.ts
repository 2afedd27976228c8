import { createColors } from "picocolors";
import type { Account } from "./cloud/behaviour";
import type { Cloud } from "./cloud/cloud";
import { longTermStorage } from "./long-term-storage";
import type { Simulation } from "./simulate";
import { bill, type BillLine, readFrom, total } from "./bill";
import { durations, type TimeSource } from "./cloud/durations";
import { LOOKED_UP, priceSources } from "./cloud/price-sources";
import { priceRegion, traffic } from "./cloud/prices";
import { clock } from "./clock";
import { nodeCosts } from "./node-costs";
import { type Colors, plainTable } from "./plain-table";
import { redact, type Resource } from "./resource";
import { shortType, shortUrn } from "./resource-names";
import { summary, summaryLines, UNKNOWN_COST } from "./summary";

/** The report for people, as text. @param color whether to use ANSI colours */
export function report(simulation: Simulation, cloud: Cloud, color: boolean): string {
  const c = createColors(color);
  const { account } = cloud;
  const storage = longTermStorage(simulation.recording.resources, cloud, c);
  return [
    beginning(simulation, account, c),
    section("Resources, with start and end", resourceTree(simulation, c), c),
    section("Made by controllers on their behalf", controllerTable(simulation, c), c),
    section("Outputs", outputs(simulation, c), c),
    section(`Critical path of up: ${clock(simulation.up.seconds)}`, criticalPath(simulation), c),
    section("Cost per month", costs(simulation, account, c), c),
    ...(storage === undefined ? [] : [section("Long-term storage", storage, c)]),
    section(`Destroy, wave by wave: ${clock(simulation.destroy.seconds)}`, waves(simulation, c), c),
    section("Left over after destroy", leftoverTable(simulation, c), c),
  ]
    .join("\n\n")
    .replace(/ +$/gm, "");
}

function beginning(simulation: Simulation, account: Account, c: Colors): string {
  const [first = "", ...others] = summaryLines(summary(simulation, account));
  return [c.bold(first), ...others].join("\n");
}

const section = (title: string, body: string, c: Colors): string => `${c.cyan(title)}\n${body}`;

function resourceTree({ recording, up }: Simulation, c: Colors): string {
  const { resources } = recording;
  const startOf = ({ urn }: Resource) => up.spans.get(urn)?.start ?? 0;
  const lines = (parent: string | null, depth: number): string[] =>
    resources
      .filter((resource) => resource.parent === parent)
      .sort((a, b) => startOf(a) - startOf(b) || (a.urn < b.urn ? -1 : 1))
      .flatMap((resource) => [
        `${"  ".repeat(depth)}${line(resource)}`,
        ...lines(resource.urn, depth + 1),
      ]);
  const line = (resource: Resource): string => {
    const span = up.spans.get(resource.urn) ?? { start: 0, end: 0 };
    const times = c.dim(`${clock(span.start)} to ${clock(span.end)}`);
    return `${shortType(resource.type)} ${c.bold(resource.name)}  ${times}${resource.protect ? c.yellow("  protected") : ""}`;
  };
  return lines(null, 1).join("\n");
}

function controllerTable({ made }: Simulation, c: Colors): string {
  const table = plainTable(["what", "name", "because of", "from", "ready"], c);
  for (const { kind, name, because, startSeconds, endSeconds } of made) {
    table.push([kind, name, shortUrn(because), clock(startSeconds), clock(endSeconds)]);
  }
  return table.toString();
}

function outputs({ recording }: Simulation, c: Colors): string {
  const shown = redact(recording.outputs) as Record<string, unknown>;
  return Object.keys(shown)
    .sort()
    .map((name) => {
      const value = shown[name];
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `  ${c.bold(name)}: ${text}`;
    })
    .join("\n");
}

function criticalPath({ up, made }: Simulation): string {
  const steps = up.criticalPath.map((urn) => {
    const { start, end } = up.spans.get(urn) ?? { start: 0, end: 0 };
    return `  ${clock(start)} to ${clock(end)}  ${shortUrn(urn)}`;
  });
  const balancers = made.filter(({ kind }) => kind === "LoadBalancer");
  const answers = Math.max(...balancers.map(({ endSeconds }) => endSeconds));
  // Nothing in `up` goes through the load balancer.
  if (answers > up.seconds) steps.push(`  npm run verify succeeds from ${clock(answers)} on`);
  return steps.join("\n");
}

const costs = (simulation: Simulation, account: Account, c: Colors): string =>
  account.existingCluster
    ? `  ${UNKNOWN_COST}`
    : [costTable(simulation, account.region, c), simulation.kedaCost]
        .filter((part) => part !== undefined)
        .join("\n  ");

function costTable(simulation: Simulation, region: string, c: Colors): string {
  const { charges } = simulation;
  const lines = bill(charges);
  const table = plainTable(["item", "count", "USD per month", "source"], c, [1, 2]);
  for (const line of lines) {
    const { item, count, monthlyUsd } = line;
    table.push([item, String(count), monthlyUsd.toFixed(2), readFrom(line)]);
  }
  table.push([c.bold("total"), "", c.bold(total(charges).toFixed(2)), ""]);
  const stand = priceRegion(region) === region ? region : `us-east-1, for want of ${region}'s`;
  return `${table.toString()}
  On-demand prices of ${stand}, from public copies of AWS' price list, looked up on ${LOOKED_UP}:
${sourceList(lines)}
${nodeLines(simulation, region)}
  To be told when a month costs more (docs/cost.md): pulumi config set budgetUsd ${Math.ceil(total(charges))}
  Traffic assumed in a month: ${traffic.natGB} GB through each NAT gateway, ${traffic.loadBalancerLcu} LCU, ${traffic.imageGB} GB of images,
  ${traffic.dynamoMillionWrites} million writes and ${traffic.dynamoMillionReads} million reads of each table;
  ${traffic.logGB} GB of the control plane's logs, where they are kept.
  Times from logs in public documents: ${timesOf("logs")}. From other reports:
  ${timesOf("reports")}. All other times are assumed.`;
}

function nodeLines(simulation: Simulation, region: string): string {
  const costs = nodeCosts(simulation, region);
  if (costs === undefined) return "  The stack makes no nodes.";
  const { vcpuLimit, mostNodes, mostUsd, architecture, instances, arm64Saves } = costs;
  const saves =
    architecture === "arm64"
      ? `saves ${arm64Saves.toFixed(2)} of it against amd64 (${instances.amd64})`
      : `would save ${arm64Saves.toFixed(2)} of it (${instances.arm64})`;
  return `  With all ${vcpuLimit} vCPUs of nodeVcpuLimit in use, as ${mostNodes} ${instances[architecture]}: ${mostUsd.toFixed(2)}; Karpenter may go over it by one node.
  nodeArchitecture arm64 ${saves}.`;
}

function sourceList(lines: readonly BillLine[]): string {
  const used = new Set(lines.flatMap(({ sources }) => sources));
  return [...used]
    .map((source) => priceSources[source])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, where }) => `    ${name}: ${where}`)
    .join("\n");
}

const timesOf = (source: TimeSource): string =>
  Object.values(durations)
    .filter((duration) => duration.source === source)
    .map(({ what }) => what)
    .join(", ");

function waves({ recording, destroy }: Simulation, c: Colors): string {
  const guarded = recording.resources.some(({ protect }) => protect);
  const note = guarded
    ? "  As after deletion protection is taken off: until then, destroy is refused in its preview.\n"
    : "";
  const lines = destroy.waves.map((wave, index) => {
    const spans = wave.map((urn) => destroy.spans.get(urn) ?? { start: 0, end: 0 });
    const start = Math.min(...spans.map((span) => span.start));
    const end = Math.max(...spans.map((span) => span.end));
    const times = c.dim(`${clock(start)} to ${clock(end)}`);
    return `  ${String(index + 1).padStart(2)}. ${times}  ${wave.map(shortUrn).join(", ")}`;
  });
  return note + lines.join("\n");
}

function leftoverTable({ leftovers }: Simulation, c: Colors): string {
  if (leftovers.length === 0) return `  ${c.green("nothing")}`;
  const table = plainTable(["what", "name", "why", "USD per month"], c, [3]);
  for (const { kind, name, reason, monthlyUsd } of leftovers) {
    table.push([c.red(kind), name, reason, monthlyUsd.toFixed(2)]);
  }
  return table.toString();
}
