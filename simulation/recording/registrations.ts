import * as pulumi from "@pulumi/pulumi";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { type InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Properties, Resource } from "../resource";
import { Callbacks } from "./callbacks";
import { Hooks, hookNames } from "./hooks";
import { constructComponent, type Registered } from "./remote-component";
import type { Recording, Run } from "./run";
import { Transforms } from "./transforms";
import { sdkStruct } from "./struct";

type Request = resproto.RegisterResourceRequest;

/** What the engine keeps of a run: every resource, with the options that came to apply to it. */
export class Registrations {
  private readonly resources = new Map<string, Resource>();
  private readonly urns = new Set<string>();
  private readonly providersOf = new Map<string, ReadonlyMap<string, string>>();
  private readonly callbacks = new Callbacks();
  private readonly transforms = new Transforms(this.callbacks);
  private readonly hooks: Hooks;
  private readonly preview: boolean;
  private stackUrn = "";

  constructor(private readonly run: Run) {
    this.preview = run.preview ?? false;
    this.hooks = new Hooks(this.callbacks, this.preview);
  }

  recording(): Recording {
    const outputs = this.resources.get(this.stackUrn)?.outputs ?? {};
    return { resources: [...this.resources.values()], outputs };
  }

  close(): void {
    this.callbacks.close();
  }

  addStackTransform(callback: Callback): object {
    this.transforms.addToStack(callback);
    return {};
  }

  addHook(request: resproto.RegisterResourceHookRequest): object {
    this.hooks.register(request);
    return {};
  }

  async register(request: Request): Promise<resproto.RegisterResourceResponse> {
    const { resource, id } = await this.add(request);
    const response = new resproto.RegisterResourceResponse().setUrn(resource.urn);
    if (!this.preview) response.setId(id);
    if (!request.getRemote()) return response.setObject(await sdkStruct(resource.outputs));

    const constructed = await constructComponent(this.run.cloud, resource, {
      awsProvider: this.awsProviderOf(resource.urn),
      inputDependencies: (input) =>
        request.getPropertydependenciesMap().get(input)?.getUrnsList() ?? [],
      register: (child) => this.add(child),
    });
    for (const [urn, outputs] of constructed.registeredOutputs) this.setOutputs(urn, outputs);
    // In a preview nothing of the component is known but what it was given.
    if (this.preview) return response.setObject(new Struct());
    for (const [property, urns] of constructed.outputDependencies) {
      const dependencies = new resproto.RegisterResourceResponse.PropertyDependencies();
      response.getPropertydependenciesMap().set(property, dependencies.setUrnsList([...urns]));
    }
    return response.setObject(await sdkStruct(constructed.outputs));
  }

  registerOutputs(request: resproto.RegisterResourceOutputsRequest): object {
    this.setOutputs(request.getUrn(), plain(request.getOutputs()));
    return {};
  }

  async invoke(request: InvokeRequest): Promise<InvokeResponse> {
    const inputs = plain(request.getArgs());
    const answer =
      request.getTok() === "pulumi:pulumi:getResource"
        ? await this.stateOf(String(inputs.urn))
        : this.run.cloud.invoke(request.getTok(), inputs, [...this.resources.values()]);
    return new InvokeResponse().setReturn(await sdkStruct(answer));
  }

  /** Registers one resource with its transforms and hooks; children of a remote component come later. */
  private async add(request: Request): Promise<Registered> {
    this.inherit(request);
    await this.transforms.apply(request);
    const parent = request.getParent() || null;
    const call = {
      type: request.getType(),
      name: request.getName(),
      inputs: plain(request.getObject()),
    };
    const urn = this.newUrn(parent, call.type, call.name);
    const hooks = hookNames(request);
    await this.hooks.run(hooks.beforeCreate ?? [], { ...call, urn, id: "" });
    const custom = request.getCustom();
    const { id, outputs } = custom ? this.run.cloud.create(call) : { id: "", outputs: {} };
    const resource: Resource = {
      ...call,
      urn,
      id: this.preview ? "" : id,
      custom,
      parent,
      provider: providerUrn(request.getProvider()),
      dependencies: [...new Set(request.getDependenciesList())].sort(),
      outputs: this.preview && custom ? call.inputs : outputs,
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
      deletedWith: request.getDeletedwith() || null,
      ignoreChanges: request.getIgnorechangesList(),
      deleteBeforeReplace: request.getDeletebeforereplacedefined()
        ? request.getDeletebeforereplace()
        : null,
      replacementTrigger: request.getReplacementTrigger()?.toJavaScript() ?? null,
      hooks,
    };
    this.resources.set(urn, resource);
    this.transforms.addToResource(urn, request);
    this.providersOf.set(urn, new Map(request.getProvidersMap().toArray()));
    if (resource.type === "pulumi:pulumi:Stack") this.stackUrn = urn;
    const after = { ...call, urn, id: resource.id, outputs: resource.outputs };
    await this.hooks.run(hooks.afterCreate ?? [], after);
    return { resource, id, outputs };
  }

  /** The engine hands these options down to every child that does not state its own, before transforms. */
  private inherit(request: Request): void {
    const parent = this.resources.get(request.getParent());
    if (!parent) return;
    if (!request.hasProtect()) request.setProtect(parent.protect);
    if (!request.hasRetainondelete()) request.setRetainondelete(parent.retainOnDelete);
    if (request.getDeletedwith() === "") request.setDeletedwith(parent.deletedWith ?? "");
  }

  private setOutputs(urn: string, outputs: Properties): void {
    const resource = this.resources.get(urn);
    if (!resource) throw new Error(`${urn} has outputs and was never registered`);
    this.resources.set(urn, { ...resource, outputs });
  }

  /** What the SDK asks for where a value is a resource. */
  private async stateOf(urn: string): Promise<Properties> {
    const resource = this.resources.get(urn);
    if (!resource) throw new Error(`${urn} is referred to and was never registered`);
    const state = await pulumi.runtime.serializeProperties("", resource.outputs);
    return { urn, id: resource.id, state };
  }

  /** Reference of the aws provider that a component was given, or one above it. */
  private awsProviderOf(urn: string | null): string | undefined {
    if (urn === null) return undefined;
    const own = this.providersOf.get(urn)?.get("aws");
    return own ?? this.awsProviderOf(this.resources.get(urn)?.parent ?? null);
  }

  /** As the engine makes it: the types of all parents but the stack, then the resource's own. */
  private newUrn(parent: string | null, type: string, name: string): string {
    const [, , parentType = ""] = (parent ?? "").replace(/^urn:pulumi:/, "").split("::");
    const isTop = parent === null || parentType === "pulumi:pulumi:Stack";
    const qualified = isTop ? type : `${parentType}$${type}`;
    const urn = `urn:pulumi:${this.run.stack}::${this.run.project}::${qualified}::${name}`;
    if (this.urns.has(urn)) {
      throw new pulumi.RunError(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    this.urns.add(urn);
    return urn;
  }
}

/** Secrets stay marked. */
const plain = (struct: Struct | undefined): Properties =>
  pulumi.runtime.deserializeProperties(struct ?? new Struct());

/** A provider reference is `<urn>::<id>`; the default provider's is empty. */
const providerUrn = (reference: string): string | null =>
  reference === "" ? null : reference.slice(0, reference.lastIndexOf("::"));
