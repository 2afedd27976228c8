import { bill, total } from "./bill";
import { type Account, shortName } from "./cloud/behaviour";
import { clock } from "./clock";
import type { Simulation } from "./simulate";

/** What the report begins with: what it is, how long it takes, what it costs, what is left, what to do next. */
export interface Summary {
  readonly what: string;
  readonly rows: readonly (readonly [title: string, text: string])[];
}

export const summary = (simulation: Simulation, account: Account): Summary => ({
  what: what(simulation, account),
  rows: [
    ["how long", howLong(simulation)],
    ["what it costs", account.existingCluster ? UNKNOWN_COST : cost(simulation)],
    ["what is left", left(simulation)],
    ["what to do next", next(simulation)],
  ],
});

/** As text, in five lines. */
export const summaryLines = ({ what: first, rows }: Summary): readonly string[] => [
  first,
  ...rows.map(([title, text]) => `  ${title.padEnd(15)}  ${text}`),
];

/** Of a cluster that is there nobody knows the prices. */
export const UNKNOWN_COST = "not known: nodes, volumes and load balancers are the cluster's own";

function what({ stack, recording }: Simulation, { existingCluster }: Account): string {
  const made = recording.resources.filter(({ custom }) => custom).length;
  const where = existingCluster ? "on your cluster" : "in your AWS account";
  return `This is a simulation: nothing was created. "pulumi up" would create ${made} resources of stack ${stack} ${where}.`;
}

function howLong({ recording, up, destroy }: Simulation): string {
  const secondsOf = (urn: string): number => {
    const { start, end } = up.spans.get(urn) ?? { start: 0, end: 0 };
    return end - start;
  };
  const steps = recording.resources.filter(({ urn }) => up.criticalPath.includes(urn));
  const [slowest] = steps.sort((a, b) => secondsOf(b.urn) - secondsOf(a.urn));
  const most = slowest
    ? `, of which ${clock(secondsOf(slowest.urn))} for ${shortName(slowest)}`
    : "";
  return `up in ${clock(up.seconds)} minutes${most}; destroy in ${clock(destroy.seconds)}`;
}

function cost({ charges }: Simulation): string {
  const [dearest] = bill(charges);
  const most = dearest ? `, of which ${dearest.monthlyUsd.toFixed(2)} for ${dearest.item}` : "";
  return `${total(charges).toFixed(2)} USD a month${most}`;
}

function left({ recording, leftovers }: Simulation): string {
  const isProtected = recording.resources.some(({ protect }) => protect);
  const first = isProtected ? " (which is refused until deletionProtection is false)" : "";
  if (leftovers.length === 0) return `nothing after pulumi destroy${first}`;
  const names = leftovers.map(({ kind, name }) => `${kind} ${name}`);
  return `${leftovers.length} after pulumi destroy${first}: ${names.join(", ")}`;
}

const next = ({ stack, leftovers }: Simulation): string =>
  leftovers.length > 0
    ? "read why, at the end of this report, before pulumi up"
    : `pulumi up --stack ${stack} (README.md, Quick start); before each change: npm run compare -- --stack ${stack}`;
