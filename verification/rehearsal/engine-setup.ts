import { mkdirSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { Cloud } from "../../simulation/cloud/cloud";
import { runProgram } from "../../simulation/program";
import { readStackFiles } from "../../simulation/stack-files";
import { SimulatedAccount } from "./account";
import { type Cli, pulumiHome } from "./cli";
import { RehearsalCommand } from "./command";
import { providerPackages } from "./packages";
import { type ProviderServers, serveProviders } from "./providers";
import type { RehearsedCluster } from "./rehearsed-cluster";
import { WorkFolder } from "./work-folder";

export const ROOT = path.join(__dirname, "..", "..");
const PASSPHRASE = "rehearsal";

export interface EngineOptions {
  readonly stack: string;
  /** What stands for the stack's EKS cluster. @default none: the program puts nothing on Kubernetes */
  readonly cluster?: RehearsedCluster;
  /** @default the real index.ts */
  readonly program?: PulumiFn;
  /** Keys of the stack's file to set. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Writes the state once, at the end: a large one is otherwise written for every resource. */
  readonly skipCheckpoints?: true;
}

/** What an engine consists of. */
export interface EngineParts {
  readonly folder: string;
  readonly work: WorkFolder;
  readonly command: RehearsalCommand;
  readonly servers: ProviderServers;
  readonly stack: Stack;
  readonly checkpointFile: string;
  readonly holder: { account: SimulatedAccount };
  readonly cluster: RehearsedCluster | undefined;
}

/**
 * The SDK never closes the connection of an inline program to its engine, and gRPC shares connections
 * by address. An engine that gets the port of an earlier one would be reached through a connection that
 * is closed: the program then registers nothing, and its `up` deletes everything. So connections are
 * not shared.
 */
function keepConnectionsApart(): void {
  const { grpcClientOptions } = pulumi.runtime as unknown as { grpcClientOptions?: object };
  if (!grpcClientOptions)
    throw new Error(
      "the SDK keeps the options of its connections elsewhere now: see engine-setup.ts",
    );
  Object.assign(grpcClientOptions, { "grpc.use_local_subchannel_pool": 1 });
}

/** Makes everything that an engine needs, in one temporary folder. */
export async function setUpEngine(
  folder: string,
  cli: Cli,
  options: EngineOptions,
): Promise<EngineParts> {
  const { stack: name, cluster, program = runProgram as PulumiFn, config = {} } = options;
  keepConnectionsApart();
  const { project, config: read } = readStackFiles(ROOT, name);
  const holder = { account: newAccount(Cloud.of(read, cluster?.kubeconfig), cluster) };
  const make = (part: string) => {
    const made = path.join(folder, part);
    mkdirSync(made);
    return made;
  };
  const work = new WorkFolder(make("work"), name, ROOT, config);
  const backend = make("state");
  const command = new RehearsalCommand(cli);
  const servers = await serveProviders(providerPackages(ROOT), holder);
  const workspace = await LocalWorkspace.create({
    workDir: work.folder,
    pulumiHome: make("home"),
    program,
    pulumiCommand: command.forSdk(),
    envVars: {
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      PULUMI_DEBUG_PROVIDERS: servers.attach,
      // The engine starts the Kubernetes provider itself, from here.
      PATH: [path.join(pulumiHome(), "bin"), process.env.PATH].join(path.delimiter),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...(options.skipCheckpoints && {
        PULUMI_EXPERIMENTAL: "true",
        PULUMI_SKIP_CHECKPOINTS: "true",
      }),
    },
  });
  const stack = await Stack.create(name, workspace);
  const checkpointFile = path.join(backend, ".pulumi", "stacks", project, `${name}.json`);
  return { folder, work, command, servers, stack, checkpointFile, holder, cluster };
}

/** An empty account whose EKS cluster is this one. */
export function newAccount(cloud: Cloud, cluster: RehearsedCluster | undefined): SimulatedAccount {
  const account = new SimulatedAccount(cloud, cluster);
  if (cluster) cluster.account = account;
  return account;
}
