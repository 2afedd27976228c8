import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import * as pulumi from "@pulumi/pulumi";
import type { Properties, Resource } from "../resource";
import type { Callbacks } from "./callbacks";
import { sdkStruct } from "./struct";

/** What a hook is told. */
interface HookCall {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  /** Only after the create. */
  readonly outputs?: Properties;
}

/** The hooks of a program: registered by name, bound to resources by name. */
export class Hooks {
  private readonly registered = new Map<string, resproto.RegisterResourceHookRequest>();

  constructor(
    private readonly callbacks: Callbacks,
    private readonly preview: boolean,
  ) {}

  register(request: resproto.RegisterResourceHookRequest): void {
    this.registered.set(request.getName(), request);
  }

  /**
   * Runs hooks one after another. In a preview only those with `onDryRun` run.
   * @throws pulumi.RunError where one fails, as the engine fails the create; not with `ignoreErrors`
   */
  async run(names: readonly string[], call: HookCall): Promise<void> {
    for (const name of names) {
      const hook = this.registered.get(name);
      const callback = hook?.getCallback();
      if (!hook || !callback) throw new Error(`hook ${name} was never registered`);
      if (this.preview && !hook.getOnDryRun()) continue;
      const answer = await this.callbacks.invoke(callback, await serialized(call));
      const error = resproto.ResourceHookResponse.deserializeBinary(answer).getError();
      if (error !== "" && !hook.getIgnoreErrors()) {
        throw new pulumi.RunError(`hook ${name} of ${call.type} ${call.name} failed: ${error}`);
      }
    }
  }
}

/** The binding of a registration. */
export function hookNames(request: resproto.RegisterResourceRequest): Resource["hooks"] {
  const binding = request.getHooks()?.toObject();
  if (!binding) return {};
  const named = Object.entries(binding).map(([list, names]): [string, readonly string[]] => [
    list.replace(/List$/, ""),
    names,
  ]);
  return Object.fromEntries(named.filter(([, names]) => names.length > 0));
}

async function serialized(call: HookCall): Promise<Uint8Array> {
  const request = new resproto.ResourceHookRequest()
    .setUrn(call.urn)
    .setType(call.type)
    .setName(call.name)
    .setId(call.id)
    .setNewInputs(await sdkStruct(call.inputs));
  if (call.outputs) request.setNewOutputs(await sdkStruct(call.outputs));
  return request.serializeBinary();
}
