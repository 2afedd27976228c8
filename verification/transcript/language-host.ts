import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { parse } from "yaml";

export interface LanguageHost {
  /** Value of PULUMI_DEBUG_LANGUAGES: the engine attaches to this one and starts none. */
  readonly attach: string;
  close(): void;
}

/**
 * Stands in for `pulumi-language-nodejs`, which comes with an installed CLI: it starts the SDK's own
 * runner of programs, `cmd/run`, in the project's folder with the `nodeargs` of Pulumi.yaml, and gives
 * it what the engine has told. Nothing of the program is different from a plain `pulumi up`.
 */
export async function serveLanguageHost(project: string): Promise<LanguageHost> {
  const server = new grpc.Server();
  let engine = "";
  const implementation: grpc.UntypedServiceImplementation = {
    handshake: answer((request: language.LanguageHandshakeRequest) => {
      engine = request.getEngineAddress();
      return new language.LanguageHandshakeResponse();
    }),
    getPluginInfo: answer(() => new PluginInfo().setVersion("1.0.0")),
    getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
    run: answer((request: language.RunRequest) => run(project, engine, request)),
  };
  server.addService(LanguageRuntimeService, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    attach: `nodejs:${port}`,
    close: () => {
      server.forceShutdown();
    },
  };
}

/** The SDK's exit code for an error that it has told the engine of already. */
const ERROR_IS_LOGGED = 32;

function run(
  project: string,
  engine: string,
  request: language.RunRequest,
): Promise<language.RunResponse> {
  const runner = path.join(project, "node_modules", "@pulumi", "pulumi", "cmd", "run");
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
    ...(request.getDryrun() && { "dry-run": "true" }),
  };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  const env = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
  const child = spawn(process.execPath, [...nodeArguments(project), runner, ...args, "."], {
    cwd: project,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const response = new language.RunResponse().setBail(code === ERROR_IS_LOGGED);
      if (code !== 0 && code !== ERROR_IS_LOGGED) {
        response.setError(`the program ended with ${String(code)}: ${printed}`);
      }
      resolve(response);
    });
  });
}

/** `runtime.options.nodeargs` of Pulumi.yaml. */
function nodeArguments(project: string): string[] {
  const text = readFileSync(path.join(project, "Pulumi.yaml"), "utf8");
  const { runtime } = parse(text) as { runtime: { options: { nodeargs: string } } };
  return runtime.options.nodeargs.split(" ");
}

const answer =
  <Request, Response>(
    handle: (request: Request) => Response | Promise<Response>,
  ): grpc.handleUnaryCall<Request, Response> =>
  (call, callback) => {
    Promise.resolve(call.request)
      .then(handle)
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback({ code: grpc.status.UNKNOWN, details: String(error) });
        },
      );
  };
