import * as pulumi from "@pulumi/pulumi";
import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import type { ServiceError } from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Cloud } from "./cloud/cloud";
import type { ChildLookup, Properties, Resource } from "./resource";

/** One run of a program against the simulated cloud. */
export interface Recording {
  /** Everything that was registered, in the order of registration. */
  readonly resources: readonly Resource[];
  readonly outputs: Properties;
}

export interface Run {
  readonly project: string;
  readonly stack: string;
  readonly cloud: Cloud;
  /** Full keys, as the CLI passes them on. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** As `pulumi preview`: what a provider would add is unknown. @default false */
  readonly preview?: boolean;
}

/**
 * Runs a Pulumi program in this process under the SDK's mock monitor, with the cloud's answers.
 * @param program registers resources and returns the stack's outputs
 */
export async function record(run: Run, program: () => Promise<unknown>): Promise<Recording> {
  const { cloud, project, stack, preview = false } = run;
  pulumi.runtime.setAllConfig({ ...run.config }, [...run.secretKeys]);
  const call = ({ token, inputs }: pulumi.runtime.MockCallArgs) =>
    ({ ...cloud.invoke(token, inputs as Properties) }) as Record<string, unknown>;
  await pulumi.runtime.setMocks({ call, newResource: notUsed }, project, stack, preview);

  // Mocks tell a program's types, names and inputs; parents, dependencies and options only pass
  // the monitor, so it is there that they are recorded.
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const recorder = new Recorder(run);
  monitor.registerResource = (request, callback) => {
    recorder.register(request).then((response) => {
      callback(null, response);
    }, callback);
  };
  monitor.registerResourceOutputs = (request, callback) => {
    recorder.registerOutputs(request);
    callback(null, {});
  };
  await pulumi.runtime.runInPulumiStack(program);
  await pulumi.runtime.disconnect();
  return recorder.recording();
}

/** The two calls of the SDK's monitor client that a recording listens to. */
interface Monitor {
  registerResource(
    request: resproto.RegisterResourceRequest,
    callback: (error: ServiceError | null, response?: resproto.RegisterResourceResponse) => void,
  ): void;
  registerResourceOutputs(
    request: resproto.RegisterResourceOutputsRequest,
    callback: (error: null, response: object) => void,
  ): void;
}

function notUsed(): never {
  throw new Error("registrations are answered by the recorder");
}

class Recorder {
  private readonly resources: Resource[] = [];
  private readonly providersOf = new Map<string, ReadonlyMap<string, string>>();
  private stackUrn = "";
  private outputs: Properties = {};

  constructor(private readonly run: Run) {}

  recording(): Recording {
    return { resources: this.resources, outputs: this.outputs };
  }

  async register(
    request: resproto.RegisterResourceRequest,
  ): Promise<resproto.RegisterResourceResponse> {
    const call = {
      type: request.getType(),
      name: request.getName(),
      inputs: properties(request.getObject()),
    };
    const parent = request.getParent() || null;
    const made = this.add({
      ...call,
      custom: request.getCustom(),
      parent,
      provider: providerUrn(request.getProvider()),
      dependencies: [...new Set(request.getDependenciesList())].sort(),
      protect: request.getProtect() === true || this.inherits(parent),
      retainOnDelete: request.getRetainondelete() ?? false,
    });
    this.providersOf.set(made.resource.urn, new Map(request.getProvidersMap().toArray()));
    const outputs = request.getRemote()
      ? this.construct(call, made.resource, this.awsProviderOf(made.resource.urn))
      : made.resource.outputs;

    const response = new resproto.RegisterResourceResponse();
    response.setUrn(made.resource.urn);
    if (!this.run.preview) response.setId(made.id);
    const answer = await pulumi.runtime.serializeProperties("", outputs);
    response.setObject(Struct.fromJavaScript(answer as Record<string, never>));
    return response;
  }

  registerOutputs(request: resproto.RegisterResourceOutputsRequest): void {
    if (request.getUrn() === this.stackUrn) this.outputs = properties(request.getOutputs());
  }

  private add(resource: Omit<Resource, "urn" | "outputs">): {
    readonly resource: Resource;
    readonly id: string;
    readonly answered: Properties;
  } {
    const { cloud, preview } = this.run;
    const urn = this.urn(resource.parent, resource.type, resource.name);
    if (resource.type === "pulumi:pulumi:Stack") this.stackUrn = urn;
    if (this.resources.some((other) => other.urn === urn)) {
      throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    const answer = resource.custom ? cloud.create(resource) : { id: "", outputs: resource.inputs };
    const outputs = preview ? resource.inputs : answer.outputs;
    const made = { ...resource, urn, outputs };
    this.resources.push(made);
    return { resource: made, id: answer.id, answered: answer.outputs };
  }

  /** Registers what the component's plugin would, and answers with the component's outputs. */
  private construct(
    call: { type: string; name: string; inputs: Properties },
    component: Resource,
    provider: string | null,
  ): Properties {
    const { cloud, preview } = this.run;
    const made = new Map<string, { urn: string; outputs: ReturnType<ChildLookup> }>();
    const sibling = (key: string) => {
      const found = made.get(key);
      if (!found) throw new Error(`${component.urn} has no child ${key} at this point`);
      return found;
    };
    const lookup: ChildLookup = (key) => sibling(key).outputs;
    for (const child of cloud.children(call) ?? []) {
      const parent = child.parent === undefined ? component.urn : sibling(child.parent).urn;
      const { resource, id, answered } = this.add({
        type: child.type,
        name: child.name,
        custom: child.custom,
        inputs: child.inputs(lookup),
        parent,
        provider: child.custom && !child.type.startsWith("pulumi:") ? provider : null,
        dependencies: child.dependsOn.map((key) => sibling(key).urn).sort(),
        protect: this.inherits(parent),
        retainOnDelete: false,
      });
      made.set(child.key, { urn: resource.urn, outputs: { ...answered, id } });
    }
    // In a preview nothing of the component is known but what it was given.
    return preview ? {} : cloud.componentOutputs(call, lookup);
  }

  /** A component hands the providers that it was given down to what is beneath it. */
  private awsProviderOf(urn: string | null): string | null {
    if (urn === null) return null;
    const own = this.providersOf.get(urn)?.get("aws");
    const { parent = null } = this.resources.find((resource) => resource.urn === urn) ?? {};
    return own === undefined ? this.awsProviderOf(parent) : providerUrn(own);
  }

  private inherits(parent: string | null): boolean {
    return this.resources.some(({ urn, protect }) => urn === parent && protect);
  }

  /** As the engine makes it: the types of all parents but the stack, then the resource's own. */
  private urn(parent: string | null, type: string, name: string): string {
    const [, , parentType = ""] = (parent ?? "").replace(/^urn:pulumi:/, "").split("::");
    const isTop = parent === null || parentType === "pulumi:pulumi:Stack";
    const qualified = isTop ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.run.stack}::${this.run.project}::${qualified}::${name}`;
  }
}

function properties(struct: Struct | undefined): Properties {
  return pulumi.runtime.deserializeProperties(struct ?? new Struct());
}

/** A provider reference is `<urn>::<id>`; the default provider's is empty. */
const providerUrn = (reference: string): string | null =>
  reference === "" ? null : reference.slice(0, reference.lastIndexOf("::"));
