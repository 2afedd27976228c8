import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { ROOT } from "../support/simulated";

/** A workflow of GitHub, as far as the tests look at it. */
export interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: object;
  readonly defaults?: { readonly run: { readonly shell?: string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Job {
  /** Another workflow in place of steps. */
  readonly uses?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

export interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export const GITHUB = path.join(ROOT, ".github");

/** Every workflow: its file's name, text and content. */
export const workflows = readdirSync(path.join(GITHUB, "workflows")).map((file) => {
  const text = readFileSync(path.join(GITHUB, "workflows", file), "utf8");
  return { file, text, workflow: parse(text) as Workflow };
});

/** Jobs that have steps of their own. */
export const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs)
    .filter(([, job]) => job.uses === undefined)
    .map(([name, job]) => ({ name: `${file}, ${name}`, job })),
);

export const steps = jobs.flatMap(({ name, job }) =>
  (job.steps ?? []).map((step) => ({ name, step })),
);
