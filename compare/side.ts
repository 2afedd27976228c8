import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { ResourceEntry, SimulationDocument } from "../simulation/simulate";
import { readStackFiles } from "../simulation/stack-files";
import { isProperties } from "../simulation/resource";
import type { Settings } from "./setting-changes";

/** One of the two that are compared: a program in a folder, and its stack. */
export interface Side {
  /** As the user named it. */
  readonly label: string;
  /** Where its Pulumi.yaml is. */
  readonly folder: string;
  readonly stack: string;
  /** Absolute path of a file to read in place of Pulumi.<stack>.yaml. */
  readonly configFile?: string;
}

/** A resource of a document that may be older than some of the fields. */
export type RecordedResource = Omit<ResourceEntry, NewField> &
  Partial<Pick<ResourceEntry, NewField>>;

type NewField = "id" | "ignoreChanges" | "replacementTrigger";

/** What `npm start -- --json` has printed there. */
export type SideDocument = Omit<SimulationDocument, "resources" | "bill"> & {
  readonly resources: readonly RecordedResource[];
  readonly bill?: SimulationDocument["bill"];
};

export type RanSide = Side & {
  readonly document: SideDocument;
  readonly settings: Settings;
};

/** @param error what its program has said */
export type FailedSide = Side & { readonly error: string };

/** A message of a program that is longer is a stack trace. */
const MESSAGE_LINES = 12;

/**
 * Runs a side's own `npm start` in a process of its own: its program in its own simulated cloud, so that an
 * older commit needs nothing that came later.
 */
export async function runSide(side: Side, signal: AbortSignal): Promise<RanSide | FailedSide> {
  const { folder, stack, configFile } = side;
  const file = configFile === undefined ? [] : ["--config-file", configFile];
  const args = ["start", "--silent", "--", "--stack", stack, "--json", ...file];
  const { code, stdout, stderr } = await npm(args, folder, signal);
  if (code !== 0)
    return { ...side, error: said(stderr) || `npm start ended with ${code}, without a word` };
  try {
    return { ...side, document: documentOf(stdout), settings: settingsOf(side) };
  } catch (error) {
    return { ...side, error: error instanceof Error ? error.message : String(error) };
  }
}

export const isRan = (side: RanSide | FailedSide): side is RanSide => "document" in side;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const npm = (args: readonly string[], cwd: string, signal: AbortSignal): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const options = { cwd, signal, encoding: "utf8" as const, maxBuffer: 2 ** 28 };
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
    execFile("npm", args, { ...options, env }, (error, stdout, stderr) => {
      if (signal.aborted) reject(new Error("interrupted"));
      else if (error?.code === "ENOENT")
        reject(
          new Error(
            "npm must be on PATH; got no such program. Fix: https://nodejs.org/en/download",
          ),
        );
      else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

const said = (stderr: string): string => {
  const lines = stderr
    .replace(/^error: /, "")
    .trimEnd()
    .split("\n");
  const more = lines.length - MESSAGE_LINES;
  return [...lines.slice(0, MESSAGE_LINES), ...(more > 0 ? [`(and ${more} lines more)`] : [])].join(
    "\n",
  );
};

function documentOf(stdout: string): SideDocument {
  const parsed = parseJson(stdout);
  if (isProperties(parsed) && parsed.simulation === 1) return parsed as unknown as SideDocument;
  throw new Error(
    "npm start -- --json must print a document of simulation 1; got something else. Fix: compare with a later commit",
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function settingsOf({ folder, stack, configFile }: Side): Settings {
  const project = parse(readFileSync(path.join(folder, "Pulumi.yaml"), "utf8")) as {
    readonly config?: Readonly<Record<string, unknown>>;
  };
  const { project: name, config, secretKeys } = readStackFiles(folder, stack, configFile);
  const short = (key: string) => (key.startsWith(`${name}:`) ? key.slice(name.length + 1) : key);
  const keys = Object.entries(project.config ?? {}).map(([key, declared]) => {
    const value = isProperties(declared) ? (declared.default ?? declared.value) : declared;
    return [short(key), value ?? null];
  });
  const values = Object.entries(config)
    .filter(([key]) => !secretKeys.includes(key))
    .map(([key, value]) => [short(key), value]);
  return {
    keys: Object.fromEntries(keys) as Settings["keys"],
    values: Object.fromEntries(values) as Settings["values"],
  };
}
