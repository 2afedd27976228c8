import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

/**
 * Answers in the place of Pulumi's Node.js language host. `pulumi import` runs no program; it only asks
 * which plugins one needs, and all of them are attached.
 */
export async function serveLanguage(): Promise<{ readonly attach: string; close(): void }> {
  const server = new grpc.Server();
  const implementation: grpc.UntypedServiceImplementation = {
    handshake: answer(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: answer(() => new PluginInfo().setVersion("1.0.0")),
    getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
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
  <Response>(make: () => Response): grpc.handleUnaryCall<unknown, Response> =>
  (_call, callback) => {
    callback(null, make());
  };
