import * as grpc from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import type { Call, Cloud } from "../../simulation/cloud/cloud";
import { type Child, isProperties, type Properties, reveal } from "../../simulation/resource";
import type { ProviderPackage } from "./packages";
import { canonical, fromStruct, holdsUnknown, toStruct, UNKNOWN } from "./wire";

/** A child as the engine has registered it. */
interface Registered {
  readonly urn: string;
  readonly outputs: Properties;
}

type Lookup = (key: string) => Properties & { readonly id: string };

/**
 * A remote component: registers what the model says it is made of, each child as soon as those it
 * depends on are there. Outputs name no dependencies beside the component itself: the engine counts
 * its children in any case, and an order that holds without them holds with them.
 */
export async function construct(
  request: provider.ConstructRequest,
  cloud: Cloud,
  packages: readonly ProviderPackage[],
): Promise<provider.ConstructResponse> {
  const call = {
    type: request.getType(),
    name: request.getName(),
    inputs: fromStruct(request.getInputs()),
  };
  const monitor = new ResourceMonitorClient(
    request.getMonitorendpoint(),
    grpc.credentials.createInsecure(),
    { "grpc.max_receive_message_length": -1, "grpc.use_local_subchannel_pool": 1 },
  );
  try {
    const component = await register(monitor, componentRequest(call, request));
    const children = new Children(monitor, call, component.urn, request, cloud, packages);
    await children.register();
    const outputs = children.evaluate((lookup) => cloud.componentOutputs(known(call), lookup));
    await registerOutputs(monitor, component.urn, outputs);
    return new provider.ConstructResponse().setUrn(component.urn).setState(toStruct(outputs));
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
    this.children = cloud.children(known(call)) ?? [];
  }

  /** All that can be registered is, before the first failure is told. */
  async register(): Promise<void> {
    for (const child of this.children) {
      const needs = [...child.dependsOn, ...(child.parent === undefined ? [] : [child.parent])];
      const ready = Promise.all(needs.flatMap((key) => this.registered.get(key) ?? []));
      this.registered.set(
        child.key,
        ready.then(() => this.registerOne(child)),
      );
    }
    const results = await Promise.allSettled(this.registered.values());
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  /**
   * A value worked out from the children's outputs. What only an update will tell differs between
   * two evaluations over two made-up answers, and is unknown.
   */
  evaluate(compute: (lookup: Lookup) => Properties): Properties {
    const first = compute(this.lookup((answer) => answer));
    if (!this.request.getDryrun()) return first;
    const second = compute(this.lookup(madeUpOtherwise));
    return differencesUnknown(first, second) as Properties;
  }

  private async registerOne(child: Child): Promise<Registered> {
    const parent = child.parent === undefined ? this.componentUrn : this.urn(child.parent);
    const request = new resource.RegisterResourceRequest()
      .setType(child.type)
      .setName(child.name)
      .setCustom(child.custom)
      .setParent(parent)
      .setDependenciesList(child.dependsOn.map((key) => this.urn(key)).sort())
      .setObject(toStruct(this.evaluate(child.inputs)))
      .setAcceptsecrets(true)
      .setSupportspartialvalues(true);
    const [, package_] = /^pulumi:providers:(.+)$/.exec(child.type) ?? [];
    const provided = this.request.getProvidersMap().get("aws");
    // Unversioned, a provider would be updated by the next `up` that knows a version.
    if (package_) request.setVersion(this.versionOf(package_));
    else if (child.custom && provided) request.setProvider(provided);
    const registered = await register(this.monitor, request);
    this.done.set(child.key, registered);
    return registered;
  }

  private versionOf(name: string): string {
    return this.packages.find((each) => each.name === name)?.version ?? "";
  }

  private lookup(madeUp: (answer: Properties) => Properties): Lookup {
    return (key) => {
      const child = this.children.find((each) => each.key === key);
      if (!child) throw new Error(`${this.call.name} has no child ${key}`);
      const { outputs } = this.get(key);
      const { id } = outputs;
      if (typeof id === "string" && id !== "" && !holdsUnknown(outputs)) return { ...outputs, id };
      // A preview: the model stands in for what the cloud has not answered yet.
      const inputs = child.inputs(this.lookup(madeUp));
      const answer = this.cloud.create({ type: child.type, name: child.name, inputs });
      const modelled = madeUp({ ...answer.outputs, id: answer.id });
      return { ...modelled, id: String(modelled.id) };
    };
  }

  private get(key: string): Registered {
    const found = this.done.get(key);
    if (!found) throw new Error(`${this.call.name} has no child ${key} at this point`);
    return found;
  }

  private urn(key: string): string {
    return this.get(key).urn;
  }
}

/** Every text another one; its form stays readable to whoever takes it apart. */
function madeUpOtherwise(answer: Properties): Properties {
  const change = (value: unknown): unknown => {
    if (typeof value === "string") return `${value}~`;
    if (Array.isArray(value)) return value.map(change);
    if (!isProperties(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
  };
  return change(answer) as Properties;
}

function differencesUnknown(first: unknown, second: unknown): unknown {
  if (canonical(first) === canonical(second)) return first;
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
    .setObject(toStruct(call.inputs))
    .setAliasesList(request.getAliasesList())
    .setAliasspecs(true)
    .setAcceptsecrets(true);
  const protect = request.getProtect();
  if (protect !== undefined) registration.setProtect(protect);
  const retain = request.getRetainondelete();
  if (retain !== undefined) registration.setRetainondelete(retain);
  request.getProvidersMap().forEach((reference, name) => {
    registration.getProvidersMap().set(name, reference);
  });
  return registration;
}

function register(
  monitor: ResourceMonitorClient,
  request: resource.RegisterResourceRequest,
): Promise<Registered> {
  return new Promise((resolve, reject) => {
    monitor.registerResource(request, (error, response) => {
      if (error) reject(error);
      else {
        const id = response.getId();
        const outputs = { ...fromStruct(response.getObject()), id };
        resolve({ urn: response.getUrn(), outputs });
      }
    });
  });
}

function registerOutputs(
  monitor: ResourceMonitorClient,
  urn: string,
  outputs: Properties,
): Promise<void> {
  const request = new resource.RegisterResourceOutputsRequest()
    .setUrn(urn)
    .setOutputs(toStruct(outputs));
  return new Promise((resolve, reject) => {
    monitor.registerResourceOutputs(request, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** What the model may look at: secrets opened. */
const known = (call: Call): Call => ({ ...call, inputs: reveal(call.inputs) as Properties });
