import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

export interface LanguageHost {
  /** Value of PULUMI_DEBUG_LANGUAGES: the engine attaches to this one and starts none. */
  readonly attach: string;
  close(): void;
}

/** Runs a program for the engine at an address. */
export type RunProgram = (
  engineAddress: string,
  request: language.RunRequest,
) => Promise<language.RunResponse>;

/**
 * Answers in the place of Pulumi's Node.js language host. All plugins are attached, so a program needs
 * none of its own.
 * @param run starts the program. @default none: `pulumi import` runs no program and asks for plugins only
 */
export async function serveLanguage(run?: RunProgram): Promise<LanguageHost> {
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
    ...(run && { run: answer((request: language.RunRequest) => run(engine, request)) }),
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
