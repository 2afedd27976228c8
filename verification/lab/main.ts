import { Command, InvalidArgumentError, Option } from "commander";
import { progress } from "../proof/report";
import { INCIDENTS, type Incident } from "./incidents";
import { type LabOptions, runLab, runRealTime } from "./lab";
import { recorded, writePage } from "./page";
import { findLabPrograms, type LabPrograms } from "./programs";
import { isSameTold } from "./real-time";
import { labDocument, printLab, printRealTime } from "./report";
import { worseThan } from "./worse";

/** 0: as it should be; 1: a goal is missed that is not among the known ones, or bad input; 2: not tried. */
const NOT_MET = 1;
const NOT_TRIED = 2;
const INTERRUPTED = 130;
const SHORT_SEEDS = 1;
const SHORT_DAYS = 1;

interface Typed {
  readonly only?: string;
  readonly seeds: number;
  readonly days: number;
  readonly short?: true;
  readonly realTime?: string;
  readonly factor: number;
  readonly chart?: string;
  readonly json?: true;
  readonly write?: true;
}

// So that what it has started ends with it.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => process.exit(INTERRUPTED));
}

void new Command("npm run lab --")
  .description(
    "Plays incidents to the real rules: what would have been told, to whom, and how soon. A real Prometheus " +
      "evaluates the alerts' expressions, a real Alertmanager sends what fires. Nothing is scraped.",
  )
  .option("--only <incident>", "play this incident only")
  .option("--seeds <n>", "plays of each incident, a seed each", natural, 20)
  .option("--days <n>", "ordinary days", natural, 30)
  .option(
    "--short",
    `${SHORT_SEEDS} seed and ${SHORT_DAYS} ordinary day, no rules of chart and sloth`,
  )
  .addOption(
    new Option(
      "--real-time <incident>",
      "instead, tell one incident by an Alertmanager with the deployed times, which takes as long as it does",
    ).conflicts(["only", "seeds", "days", "short"]),
  )
  .option("--factor <n>", "how many times faster than in reality Alertmanager is", natural, 600)
  .option("--chart <folder>", "kube-prometheus-stack, for its own rules (needs helm)")
  .option("--json", "print one JSON document and nothing else")
  .addOption(
    new Option(
      "--write",
      "put the result of the whole lab, or of --real-time, into docs/alerting.md (needs --chart)",
    ).conflicts(["only", "seeds", "days", "short"]),
  )
  .allowExcessArguments(false)
  .addHelpText(
    "after",
    `\nIncidents: ${INCIDENTS.map(({ name }) => name).join(", ")}.` +
      "\nExit codes: 0 told as docs/alerting.md says, 1 worse, 2 a program is missing.",
  )
  .action(async (typed: Typed) => {
    try {
      process.exitCode = await run(typed);
    } catch (error) {
      console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = NOT_MET;
    }
  })
  .parseAsync();

async function run(typed: Typed): Promise<number> {
  const options = optionsOf(typed);
  const programs = findLabPrograms();
  if ("missing" in programs) {
    console.error(programs.missing);
    return NOT_TRIED;
  }
  if (typed.realTime !== undefined) return tellInRealTime(programs, typed.realTime, typed, options);
  const result = await runLab(programs, options, progress);
  const before = recorded();
  const { realTime } = before;
  const document = { ...labDocument(result), ...(realTime && { realTime }) };
  if (typed.write) await writePage(document);
  if (typed.json) console.log(JSON.stringify(document, undefined, 2));
  else printLab(document, result.missing);
  if (result.seeds > before.seeds) {
    console.error(`docs/alerting.md has ${before.seeds} seeds: more are not compared with it.`);
    return 0;
  }
  const worse = worseThan(before, document);
  for (const sentence of worse) console.error(sentence);
  return worse.length === 0 ? 0 : NOT_MET;
}

async function tellInRealTime(
  programs: LabPrograms,
  name: string,
  { json, write }: Typed,
  options: LabOptions,
): Promise<number> {
  const incident = incidentNamed("--real-time", name);
  const realTime = await runRealTime(programs, incident, options, progress);
  if (write) await writePage({ ...recorded(), realTime });
  if (json) console.log(JSON.stringify(realTime, undefined, 2));
  else printRealTime(realTime);
  if (isSameTold(realTime)) return 0;
  console.error(`${name}: with its times divided Alertmanager tells something else.`);
  return NOT_MET;
}

/** @throws Error where an incident is unknown */
function optionsOf({ only, seeds, days, short, factor, chart, write }: Typed): LabOptions {
  return {
    incidents: only === undefined ? INCIDENTS : [incidentNamed("--only", only)],
    seeds: short ? SHORT_SEEDS : seeds,
    days: only !== undefined ? 0 : short ? SHORT_DAYS : days,
    factor,
    others: !short,
    complete: write === true,
    ...(chart !== undefined && { chart }),
  };
}

function incidentNamed(option: string, name: string): Incident {
  const found = INCIDENTS.find((incident) => incident.name === name);
  if (found) return found;
  const names = INCIDENTS.map((incident) => incident.name).join(", ");
  throw new Error(`${option} must be one of ${names}; got ${name}. Fix: npm run lab -- --help`);
}

function natural(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1 on.");
}
