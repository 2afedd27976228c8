import * as grpc from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import stringify from "safe-stable-stringify";
import type { Call, Child, ChildLookup } from "../../simulation/cloud/behaviour";
import { behaviourOf } from "../../simulation/cloud/behaviours";
import type { Cloud } from "../../simulation/cloud/cloud";
import { changeTexts } from "../../simulation/cloud/property-dependencies";
import { childRequest } from "../../simulation/recording/child-request";
import { outputDependencies } from "../../simulation/recording/remote-component";
import { fromStruct, toStruct } from "../../simulation/recording/struct";
import { isProperties, type Properties, reveal } from "../../simulation/resource";
import { invoke, register, type Registered, registerOutputs } from "./monitor-calls";
import type { ProviderPackage } from "./packages";
import { holdsUnknown, UNKNOWN } from "./unknown-values";

/**
 * Answers the engine's Construct call for a remote component: registers what the plugin would, each
 * child as soon as those that it depends on are there, with the dependencies that the SDK would state.
 */
export async function construct(
  request: provider.ConstructRequest,
  cloud: Cloud,
  packages: readonly ProviderPackage[],
): Promise<provider.ConstructResponse> {
  const call = {
    type: request.getType(),
    name: request.getName(),
    inputs: reveal(fromStruct(request.getInputs())) as Properties,
  };
  const monitor = new ResourceMonitorClient(
    request.getMonitorendpoint(),
    grpc.credentials.createInsecure(),
    { "grpc.max_receive_message_length": -1, "grpc.use_local_subchannel_pool": 1 },
  );
  try {
    const component = await register(monitor, componentRequest(call, request));
    const children = new Children(monitor, call, component.urn, request, cloud, packages);
    await children.callProviderFunctions();
    await children.register();
    const outputs = children.outputs();
    const keeps = behaviourOf(call.type).registersOutputs;
    await registerOutputs(monitor, component.urn, keeps ? outputs : {});
    const response = new provider.ConstructResponse()
      .setUrn(component.urn)
      .setState(toStruct(outputs));
    for (const [property, urns] of children.outputDependencies()) {
      const dependencies = new provider.ConstructResponse.PropertyDependencies();
      response.getStatedependenciesMap().set(property, dependencies.setUrnsList([...urns]));
    }
    return response;
  } finally {
    monitor.close();
  }
}

class Children {
  private readonly registered = new Map<string, Promise<Registered>>();
  private readonly done = new Map<string, Registered>();
  private readonly children: readonly Child[];

  constructor(
    private readonly monitor: ResourceMonitorClient,
    private readonly call: Call,
    private readonly componentUrn: string,
    private readonly request: provider.ConstructRequest,
    private readonly cloud: Cloud,
    private readonly packages: readonly ProviderPackage[],
  ) {
    this.children = cloud.children(call) ?? [];
  }

  /** Calls the provider functions that the plugin calls before it makes anything. */
  async callProviderFunctions(): Promise<void> {
    const reference = this.request.getProvidersMap().get("aws");
    for (const token of behaviourOf(this.call.type).invokes ?? []) {
      const request = new resource.ResourceInvokeRequest().setTok(token).setArgs(toStruct({}));
      if (reference) request.setProvider(reference);
      await invoke(this.monitor, request);
    }
  }

  /** Registers all that can be registered. @throws the first failure, once the others have ended */
  async register(): Promise<void> {
    for (const child of this.children) {
      const ready = Promise.all(
        this.siblingsOf(child).flatMap((key) => this.registered.get(key) ?? []),
      );
      this.registered.set(
        child.key,
        ready.then(() => this.registerOne(child)),
      );
    }
    const results = await Promise.allSettled(this.registered.values());
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    for (const { key, registeredOutputs } of this.children) {
      if (!registeredOutputs) continue;
      await registerOutputs(this.monitor, this.get(key).urn, this.evaluate(registeredOutputs));
    }
  }

  /** What the component answers to the program. */
  outputs(): Properties {
    return this.evaluate((lookup) => this.cloud.componentOutputs(this.call, lookup));
  }

  outputDependencies(): ReadonlyMap<string, readonly string[]> {
    const compute = (lookup: ChildLookup) => this.cloud.componentOutputs(this.call, lookup);
    return outputDependencies(this.cloud, this.call, compute, this.lookup(unchanged));
  }

  /**
   * A value made from the children's outputs. What only an update will tell differs between two
   * evaluations over two made-up answers, and is unknown.
   */
  private evaluate(compute: (lookup: ChildLookup) => Properties): Properties {
    const first = compute(this.lookup(unchanged));
    if (!this.request.getDryrun()) return first;
    const second = compute(this.lookup(changeTexts));
    return differencesUnknown(first, second) as Properties;
  }

  /** Keys of the children that must be registered before this one. */
  private siblingsOf({ dependsOn, parent, inputs }: Child): string[] {
    const asked = new Set(parent === undefined ? dependsOn : [...dependsOn, parent]);
    inputs((key) => {
      asked.add(key);
      return this.madeUp(key, unchanged);
    });
    return [...asked];
  }

  private async registerOne(child: Child): Promise<Registered> {
    const request = childRequest(child, this.evaluate(child.inputs), {
      componentUrn: this.componentUrn,
      lookup: this.lookup(unchanged),
      awsProvider: this.request.getProvidersMap().get("aws"),
      inputDependencies: (input) =>
        this.request.getInputdependenciesMap().get(input)?.getUrnsList() ?? [],
    });
    const [, package_] = /^pulumi:providers:(.+)$/.exec(child.type) ?? [];
    // Unversioned, a provider would be updated by the next `up` that knows a version.
    if (package_) request.setVersion(this.versionOf(package_));
    const registered = await register(this.monitor, request);
    this.done.set(child.key, registered);
    return registered;
  }

  private versionOf(name: string): string {
    return this.packages.find((each) => each.name === name)?.version ?? "";
  }

  /** @param change applied to what the simulated cloud makes up for an answer that is unknown yet */
  private lookup(change: (answer: Properties) => Properties): ChildLookup {
    return (key) => {
      const { outputs, urn } = this.get(key);
      const { id } = outputs;
      const isKnown = typeof id === "string" && id !== "" && !holdsUnknown(outputs);
      return isKnown ? { ...outputs, urn, id } : { ...this.madeUp(key, change), urn };
    };
  }

  private madeUp(key: string, change: (answer: Properties) => Properties): ReturnType<ChildLookup> {
    const child = this.children.find((each) => each.key === key);
    if (!child) throw new Error(`${this.call.name} has no child ${key}`);
    if (!child.custom) return { urn: "", id: "" };
    const inputs = child.inputs((sibling) => this.madeUp(sibling, change));
    const answer = this.cloud.create({ type: child.type, name: child.name, inputs });
    const madeUp = change({ ...answer.outputs, id: answer.id });
    return { ...madeUp, urn: "", id: String(madeUp.id) };
  }

  private get(key: string): Registered {
    const found = this.done.get(key);
    if (!found) throw new Error(`${this.call.name} has no child ${key} at this point`);
    return found;
  }
}

const unchanged = (answer: Properties): Properties => answer;

function differencesUnknown(first: unknown, second: unknown): unknown {
  if (stringify(first) === stringify(second)) return first;
  if (Array.isArray(first) && Array.isArray(second) && first.length === second.length) {
    return first.map((item, index) => differencesUnknown(item, second[index]));
  }
  if (!isProperties(first) || !isProperties(second)) return UNKNOWN;
  return Object.fromEntries(
    Object.entries(first).map(([key, item]) => [key, differencesUnknown(item, second[key])]),
  );
}

function componentRequest(
  call: Call,
  request: provider.ConstructRequest,
): resource.RegisterResourceRequest {
  const registration = new resource.RegisterResourceRequest()
    .setType(call.type)
    .setName(call.name)
    .setParent(request.getParent())
    .setDependenciesList(request.getDependenciesList())
    // The state of a real component holds none of its inputs.
    .setObject(toStruct({}))
    .setAliasesList(request.getAliasesList())
    .setAliasspecs(true)
    .setAcceptsecrets(true);
  const protect = request.getProtect();
  if (protect !== undefined) registration.setProtect(protect);
  const retain = request.getRetainondelete();
  if (retain !== undefined) registration.setRetainondelete(retain);
  registration.setDeletedwith(request.getDeletedwith());
  request.getProvidersMap().forEach((reference, name) => {
    registration.getProvidersMap().set(name, reference);
  });
  return registration;
}
