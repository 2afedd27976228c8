import { isDeepStrictEqual } from "node:util";
import type { Recording } from "../../simulation/recorder";
import { at, reveal } from "../../simulation/resource";
import { type FilledKind, recordUnusual, type StackConfig, type StackKind } from "./unusual-stacks";
import { argumentWires, type ConfigWire, configWires, type Shown } from "./wires";

/** What the plain stack sets, which leaves out all that is optional. */
const PLAIN: StackConfig = {
  "aws:region": "us-west-2",
  availabilityZones: '["us-west-2a","us-west-2b"]',
  grafanaAllowedCidrs: '["198.51.100.0/24"]',
  requireReceiver: "false",
  persistence: "false",
  services: '["task-service"]',
};

/** Takes what the checked-in local stack sets of the kind back to the defaults. */
const BARE: StackConfig = { grafanaNodePort: "0", serviceImages: "{}" };

/** Every key's unusual value at once, as far as the stack can have it; what is to be refused is left at its default. */
export function unusualConfig(kind: FilledKind): StackConfig {
  const wires: readonly [string, ConfigWire][] = Object.entries(configWires);
  return Object.fromEntries(
    wires.flatMap(([key, wire]) =>
      "shows" in wire && (wire.stacks ?? ["full"]).includes(kind) ? [[key, wire.value]] : [],
    ),
  );
}

/** @returns a sentence for each value that does not show where it must; none: everything is wired */
export async function wiringProblems(): Promise<string[]> {
  const recordings = {
    full: await recordUnusual(unusualConfig("full")),
    plain: await recordUnusual(PLAIN),
    zone: await recordUnusual({ ...PLAIN, ...unusualConfig("zone") }),
    quotes: await recordUnusual({ ...PLAIN, services: '["quote-service"]' }),
    ingress: await recordUnusual({ ...BARE, ...unusualConfig("ingress") }),
    domain: await recordUnusual({ ...BARE, ...unusualConfig("ingress"), grafanaTlsSecret: "" }),
    laptop: await recordUnusual({ ...BARE, ...unusualConfig("laptop") }),
  };
  const wires: readonly [string, ConfigWire][] = Object.entries(configWires);
  const shown = [
    ...wires.flatMap(([key, wire]) => ("shows" in wire ? [[key, wire.shows] as const] : [])),
    ...Object.entries(argumentWires),
  ];
  return shown.flatMap(([wire, places]) =>
    places.flatMap((place) => {
      const problem = problemOf(place, recordings);
      return problem === undefined ? [] : [`${wire} ${problem}`];
    }),
  );
}

/** @returns whether the program refuses the value with a sentence of the form that the row asks for */
export async function isRefused(key: string, wire: ConfigWire): Promise<boolean> {
  if (!("refused" in wire)) return false;
  try {
    await recordUnusual({ ...PLAIN, ...wire.with, [key]: wire.value });
    return false;
  } catch (error) {
    return wire.refused.test(String(error));
  }
}

function problemOf(
  place: Shown,
  recordings: Readonly<Record<StackKind, Recording>>,
): string | undefined {
  const kind = place.in ?? "full";
  const { resources, outputs } = recordings[kind];
  if ("output" in place) {
    return differs(`output ${place.output}`, reveal(outputs[place.output]), place.value, kind);
  }
  const ofType = resources.filter(({ type }) => type === place.type);
  if ("absent" in place) {
    const there = ofType.find(({ name }) => place.name === undefined || name === place.name);
    return there && `must leave ${place.type} ${there.name} out of the ${kind} stack`;
  }
  if ("providerUrn" in place) {
    const stray = ofType.find(({ provider }) => !provider?.endsWith(place.providerUrn));
    if (ofType.length > 0 && !stray) return undefined;
    return `must give every ${place.type} the provider ...${place.providerUrn}; got ${stray?.provider ?? "none"}`;
  }
  const found = ofType.find(({ name }) => name === place.name);
  if ("protect" in place) {
    const where = `protect of ${place.type} ${place.name}`;
    return differs(where, found?.protect, place.protect, kind);
  }
  const where = `${place.type} ${place.name} ${place.path}`;
  return differs(where, found && at(reveal(found.inputs), place.path), place.value, kind);
}

function differs(
  where: string,
  got: unknown,
  wanted: unknown,
  kind: StackKind,
): string | undefined {
  const text = JSON.stringify(got) as string | undefined;
  const fits =
    wanted instanceof RegExp
      ? text !== undefined && wanted.test(text)
      : isDeepStrictEqual(JSON.parse(text ?? "null"), wanted);
  if (fits) return undefined;
  return `must show as ${String(wanted)} in ${where} of the ${kind} stack; got ${text?.slice(0, 200) ?? "nothing"}`;
}
