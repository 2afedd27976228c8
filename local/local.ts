import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { pushImages } from "./images";
import { KindCluster } from "./kind-cluster";
import { LocalFolder } from "./local-folder";
import { type Access, imageSettings, LocalStack } from "./local-stack";
import { missing, requirements } from "./requirements";
import { RunLock } from "./run-lock";
import type { Shell } from "./shell";
import { readStackFile, type StackFile } from "./stack-file";

/** What one run is asked for. */
export interface LocalOptions {
  /** Folder of the project. */
  readonly root: string;
  /** Where it keeps what it has made. @default .local in the project's */
  readonly folder?: string;
  readonly shell: Shell;
  readonly isDryRun: boolean;
  /** A line of the result. */
  readonly print: (line: string) => void;
  /** Of a cluster that is there. @default that of the earlier run, or a cluster of kind */
  readonly kubeconfig?: string;
  /** `key=value` each, as `pulumi up --config` takes them. */
  readonly settings: readonly string[];
}

/**
 * From nothing, or from what an earlier run left, to Grafana.
 * @throws Error with one sentence: a program that is missing, a command that failed, another run at work
 */
export async function up(options: LocalOptions): Promise<void> {
  const { root, shell, isDryRun } = options;
  const folder = new LocalFolder(root, options.folder);
  const given = folder.clusterFor(options.kubeconfig);
  await checkPrograms(options, given === undefined ? "ownCluster" : "givenCluster");
  const settings = settingsOf(options.settings);
  // A given cluster need not be one of kind, as the checked-in file has it.
  const file = given === undefined ? readStackFile(root) : undefined;
  const kubeconfig = given ?? folder.kubeconfig;
  // Asked for before anything is made: a file that is none leaves nothing behind.
  const theirs = given === undefined ? undefined : contextOf(given);
  await holding(folder, isDryRun, async () => {
    if (!isDryRun) folder.prepare(given);
    const images = file ? await makeCluster(options, folder, file) : {};
    const stack = new LocalStack(shell, folder, kubeconfig);
    if (folder.isStateLocked) await stack.unlock();
    const kubeContext = theirs ?? (file && isDryRun ? file.context : contextOf(kubeconfig));
    await stack.up({ kubeContext, ...images, ...settings });
    if (!isDryRun) tell(options, await stack.access(), kubeconfig);
  });
}

/** Removes what `up` made: the cluster of its own with all that is on it, or the stack on a given one. */
export async function down(options: LocalOptions): Promise<void> {
  const { root, shell, isDryRun, print } = options;
  const folder = new LocalFolder(root, options.folder);
  const given = folder.clusterFor(options.kubeconfig);
  await checkPrograms(options, given === undefined ? "ownCluster" : "givenCluster");
  if (given === undefined) await kindCluster(options, folder, readStackFile(root)).down();
  else if (folder.exists) {
    const stack = new LocalStack(shell, folder, given);
    await holding(folder, isDryRun, async () => {
      if (folder.isStateLocked) await stack.unlock();
      await stack.down();
    });
  }
  if (isDryRun) return;
  folder.remove();
  print("Nothing is left.");
}

/** Runs while no other run can; a dry one makes no file, so it holds nothing. */
async function holding(
  { folder }: LocalFolder,
  isDryRun: boolean,
  run: () => Promise<void>,
): Promise<void> {
  if (isDryRun) return run();
  const lock = RunLock.take(folder);
  try {
    await run();
  } finally {
    lock.release();
  }
}

async function checkPrograms(
  { shell, isDryRun, print }: LocalOptions,
  needed: keyof typeof requirements,
): Promise<void> {
  const problems = await missing(shell, requirements[needed]);
  if (problems.length === 0) return;
  if (!isDryRun) throw new Error(problems.join("\n"));
  for (const problem of problems) print(`# ${problem}`);
}

/** @returns what the stack has to know of it */
async function makeCluster(
  options: LocalOptions,
  folder: LocalFolder,
  file: StackFile,
): Promise<Readonly<Record<string, string>>> {
  await kindCluster(options, folder, file).up();
  return imageSettings(await pushImages(options.shell, file.images, options.isDryRun));
}

const kindCluster = (
  { shell }: LocalOptions,
  { kubeconfig }: LocalFolder,
  { clusterName: name, nodePort, registryPort }: StackFile,
): KindCluster => new KindCluster(shell, { name, nodePort, registryPort, kubeconfig });

/** @throws Error where the file is none, or has no current context */
function contextOf(kubeconfig: string): string {
  const known = existsSync(kubeconfig)
    ? (parse(readFileSync(kubeconfig, "utf8")) as { "current-context"?: unknown } | null)
    : undefined;
  const context = known?.["current-context"];
  if (typeof context === "string" && context !== "") return context;
  throw new Error(
    `${kubeconfig} must be a kubeconfig with a current context; got ${known === undefined ? "no file" : "none"}. Fix: kubectl config use-context NAME --kubeconfig ${kubeconfig}`,
  );
}

function settingsOf(settings: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      throw new Error(`--config must be KEY=VALUE; got ${setting}.`);
    }),
  );
}

function tell({ root, print }: LocalOptions, access: Access, kubeconfig: string): void {
  const kubectl = `kubectl --kubeconfig ${path.relative(root, kubeconfig)}`;
  const { grafanaCommand } = access;
  print("");
  if (grafanaCommand !== undefined) print(`First run:  ${grafanaCommand}`);
  print(`Grafana:    ${access.grafanaUrl}`);
  print(`User:       ${access.grafanaAdminUser}`);
  print(`Password:   ${access.grafanaAdminPassword}`);
  print(`Load:       ${kubectl} port-forward --namespace prod service/task-service 8080:80 &`);
  print("            npm run load --prefix services/task-service -- --url http://localhost:8080");
  print("Remove:     npm run local -- --down");
}
