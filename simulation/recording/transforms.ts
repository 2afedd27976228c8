import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import type { Callbacks } from "./callbacks";

/**
 * The program's transforms. The engine runs those of the resource itself, then its parents' from the
 * nearest on, then the stack's in their order; each sees what the one before has made.
 */
export class Transforms {
  private readonly ofStack: Callback[] = [];
  /** By URN, with the URN of the parent. */
  private readonly ofResources = new Map<
    string,
    { readonly parent: string; readonly callbacks: readonly Callback[] }
  >();

  constructor(private readonly callbacks: Callbacks) {}

  addToStack(callback: Callback): void {
    this.ofStack.push(callback);
  }

  /** Remembers what a resource's children are transformed by. */
  addToResource(urn: string, request: resproto.RegisterResourceRequest): void {
    const callbacks = request.getTransformsList();
    this.ofResources.set(urn, { parent: request.getParent(), callbacks });
  }

  /** Changes a registration in place. */
  async apply(request: resproto.RegisterResourceRequest): Promise<void> {
    for (const callback of this.inOrder(request)) {
      const message = new resproto.TransformRequest()
        .setType(request.getType())
        .setName(request.getName())
        .setCustom(request.getCustom())
        .setParent(request.getParent())
        .setProperties(request.getObject())
        .setOptions(optionsOf(request));
      const answer = await this.callbacks.invoke(callback, message.serializeBinary());
      const response = resproto.TransformResponse.deserializeBinary(answer);
      request.setObject(response.getProperties());
      const options = response.getOptions();
      if (options) setOptions(request, options);
    }
  }

  private inOrder(request: resproto.RegisterResourceRequest): readonly Callback[] {
    const found = [...request.getTransformsList()];
    let ancestor = this.ofResources.get(request.getParent());
    while (ancestor) {
      found.push(...ancestor.callbacks);
      ancestor = this.ofResources.get(ancestor.parent);
    }
    return [...found, ...this.ofStack];
  }
}

function optionsOf(request: resproto.RegisterResourceRequest): resproto.TransformResourceOptions {
  const options = new resproto.TransformResourceOptions()
    .setDependsOnList(request.getDependenciesList())
    .setIgnoreChangesList(request.getIgnorechangesList())
    .setReplaceOnChangesList(request.getReplaceonchangesList())
    .setVersion(request.getVersion())
    .setAliasesList(request.getAliasesList())
    .setProvider(request.getProvider())
    .setCustomTimeouts(request.getCustomtimeouts())
    .setPluginDownloadUrl(request.getPlugindownloadurl())
    .setDeletedWith(request.getDeletedwith())
    .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList())
    .setHooks(request.getHooks())
    .setImport(request.getImportid());
  if (request.hasProtect()) options.setProtect(request.getProtect() ?? false);
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() ?? false);
  if (request.getDeletebeforereplacedefined()) {
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  }
  request.getProvidersMap().forEach((reference, name) => {
    options.getProvidersMap().set(name, reference);
  });
  return options;
}

function setOptions(
  request: resproto.RegisterResourceRequest,
  options: resproto.TransformResourceOptions,
): void {
  request
    .setDependenciesList(options.getDependsOnList())
    .setIgnorechangesList(options.getIgnoreChangesList())
    .setReplaceonchangesList(options.getReplaceOnChangesList())
    .setVersion(options.getVersion())
    .setAliasesList(options.getAliasesList())
    .setProvider(options.getProvider())
    .setCustomtimeouts(options.getCustomTimeouts())
    .setPlugindownloadurl(options.getPluginDownloadUrl())
    .setDeletedwith(options.getDeletedWith())
    .setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList())
    .setHooks(options.getHooks())
    .setImportid(options.getImport());
  if (options.hasProtect()) request.setProtect(options.getProtect() ?? false);
  else request.clearProtect();
  if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete() ?? false);
  else request.clearRetainondelete();
  request
    .setDeletebeforereplacedefined(options.hasDeleteBeforeReplace())
    .setDeletebeforereplace(options.getDeleteBeforeReplace() ?? false);
}
