import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Call } from "../../simulation/cloud/behaviour";
import { behaviourOf } from "../../simulation/cloud/behaviours";
import { fromStruct, toStruct } from "../../simulation/recording/struct";
import { at, isProperties, type Properties, reveal } from "../../simulation/resource";
import type { SimulatedAccount } from "./account";
import { NotReadyError } from "./cloud-errors";
import { construct } from "./construct";
import { type Diff, diffInputs } from "./diff";
import type { ProviderPackage } from "./packages";

/** The account that the servers work on; a rehearsal replaces it to start again from a saved one. */
interface AccountHolder {
  readonly account: SimulatedAccount;
}

export interface ProviderServers {
  /** Value of PULUMI_DEBUG_PROVIDERS: the engine attaches to these and starts no plugin. */
  readonly attach: string;
  close(): void;
}

/** Whose provider is the real one, which the engine starts itself. */
const REAL = "kubernetes";

/** Starts a gRPC provider for each package but the real one, all of them over one account. */
export async function serveProviders(
  packages: readonly ProviderPackage[],
  holder: AccountHolder,
): Promise<ProviderServers> {
  const servers = await Promise.all(
    packages
      .filter(({ name }) => name !== REAL)
      .map(async ({ name, version }) => {
        const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
        server.addService(ResourceProviderService, service(version, holder, packages));
        return { server, address: `${name}:${await listen(server)}` };
      }),
  );
  return {
    attach: servers.map(({ address }) => address).join(","),
    close: () => {
      servers.forEach(({ server }) => {
        server.forceShutdown();
      });
    },
  };
}

const listen = (server: grpc.Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });

/** Calls that are not here are answered with UNIMPLEMENTED, as the engine expects of old plugins. */
function service(
  version: string,
  holder: AccountHolder,
  packages: readonly ProviderPackage[],
): grpc.UntypedServiceImplementation {
  return {
    attach: answer<unknown, Empty>(() => new Empty()),
    cancel: answer<unknown, Empty>(() => new Empty()),
    getPluginInfo: answer<unknown, PluginInfo>(() => new PluginInfo().setVersion(version)),
    getSchema: answer<unknown, provider.GetSchemaResponse>(() =>
      new provider.GetSchemaResponse().setSchema("{}"),
    ),
    checkConfig: answer(check),
    diffConfig: answer((request: provider.DiffRequest) =>
      diffResponse(diffInputs(typeOf(request), ...oldAndNew(request))),
    ),
    configure: answer((request: provider.ConfigureRequest) => configure(request, holder.account)),
    invoke: answer((request: provider.InvokeRequest) =>
      new provider.InvokeResponse().setReturn(
        toStruct(holder.account.invoke(request.getTok(), plain(request.getArgs()))),
      ),
    ),
    check: answer(check),
    diff: answer((request: provider.DiffRequest) => diff(request, holder.account)),
    create: answer((request: provider.CreateRequest) => create(request, holder.account)),
    read: answer((request: provider.ReadRequest) => read(request, holder.account)),
    update: answer((request: provider.UpdateRequest) => update(request, holder.account)),
    delete: answer(async (request: provider.DeleteRequest) => {
      const call = callOf(request, request.getOldInputs() ?? request.getProperties());
      await holder.account.delete(request.getUrn(), call, request.getId());
      return new Empty();
    }),
    construct: answer((request: provider.ConstructRequest) =>
      construct(request, holder.account.cloud, packages),
    ),
  };
}

function answer<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(handle)
      .then((response) => {
        callback(null, response);
      })
      .catch((error: unknown) => {
        callback(statusOf(error));
      });
  };
}

/** For a resource that exists and is not ready, the error carries the resource, as real providers do. */
function statusOf(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  if (!(error instanceof NotReadyError)) return { code: grpc.status.UNKNOWN, details };
  const { id, outputs, inputs } = error.resource;
  const failed = new provider.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(toStruct(outputs))
    .setInputs(toStruct(inputs))
    .setReasonsList([details]);
  const any = new Any();
  any.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(details);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details, metadata };
}

/** Accepts all inputs as they are. */
function check(request: provider.CheckRequest): provider.CheckResponse {
  return new provider.CheckResponse().setInputs(request.getNews());
}

function configure(
  request: provider.ConfigureRequest,
  account: SimulatedAccount,
): provider.ConfigureResponse {
  const given = plain(request.getArgs()).defaultTags;
  const defaultTags: unknown = typeof given === "string" ? JSON.parse(given) : given;
  const tags = at(defaultTags, "tags");
  if (isProperties(tags)) account.defaultTags = tags;
  return new provider.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
}

function diff(request: provider.DiffRequest, account: SimulatedAccount): provider.DiffResponse {
  const type = typeOf(request);
  const found = diffInputs(type, ...oldAndNew(request));
  const state = fromStruct(request.getOlds());
  const built = Object.entries(account.built(callOf(request, request.getNews())));
  const stale = built.filter(([output, value]) => state[output] !== value);
  const changes = [...found.changes, ...stale.map(([output]) => output)];
  return diffResponse({ ...found, changes });
}

function diffResponse({ changes, replaces, deleteBeforeReplace }: Diff): provider.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
  return new provider.DiffResponse()
    .setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList([...changes])
    .setReplacesList([...replaces])
    .setDeletebeforereplace(deleteBeforeReplace);
}

async function create(
  request: provider.CreateRequest,
  account: SimulatedAccount,
): Promise<provider.CreateResponse> {
  const call = callOf(request, request.getProperties());
  // In a preview the outputs that the cloud would add are missing, and so unknown.
  if (request.getPreview()) {
    return new provider.CreateResponse().setProperties(request.getProperties());
  }
  const { id, outputs } = await account.create(request.getUrn(), call);
  return new provider.CreateResponse().setId(id).setProperties(toStruct(outputs));
}

/** An answer without an id says that the resource is gone. */
function read(request: provider.ReadRequest, account: SimulatedAccount): provider.ReadResponse {
  const type = typeOf(request);
  // What is in the state only is as the state says; several may have one id.
  if (behaviourOf(type).stateOnly) {
    return new provider.ReadResponse()
      .setId(request.getId())
      .setInputs(request.getInputs())
      .setProperties(request.getProperties());
  }
  const resource = account.read(type, request.getId());
  if (!resource) return new provider.ReadResponse();
  return new provider.ReadResponse()
    .setId(resource.id)
    .setInputs(toStruct(resource.inputs))
    .setProperties(toStruct(resource.outputs));
}

async function update(
  request: provider.UpdateRequest,
  account: SimulatedAccount,
): Promise<provider.UpdateResponse> {
  const call = callOf(request, request.getNews());
  if (request.getPreview()) {
    const olds = fromStruct(request.getOlds());
    const kept = account.buildsAnew(call, olds) ? {} : olds;
    return new provider.UpdateResponse().setProperties(
      toStruct({ ...kept, ...fromStruct(request.getNews()) }),
    );
  }
  const { outputs } = await account.update(request.getUrn(), call, request.getId());
  return new provider.UpdateResponse().setProperties(toStruct(outputs));
}

/** A request that names a resource. */
interface Named {
  getUrn(): string;
}

/** The last of the types in a URN, and its name. */
function callOf(request: Named, inputs: Parameters<typeof fromStruct>[0]): Call {
  const name = request.getUrn().split("::").slice(3).join("::");
  return { type: typeOf(request), name, inputs: fromStruct(inputs) };
}

const typeOf = (request: Named): string =>
  (request.getUrn().split("::")[2] ?? "").split("$").at(-1) ?? "";

const oldAndNew = (request: provider.DiffRequest): [Properties, Properties] => [
  fromStruct(request.getOldInputs()),
  fromStruct(request.getNews()),
];

const plain = (struct: Parameters<typeof fromStruct>[0]): Properties =>
  reveal(fromStruct(struct)) as Properties;
