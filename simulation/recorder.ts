import * as pulumi from "@pulumi/pulumi";
import type * as resproto from "@pulumi/pulumi/proto/resource_pb";
import type { InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as sdkState from "@pulumi/pulumi/runtime/state";
import { Registrations } from "./recording/registrations";
import type { Recording, Run } from "./recording/run";

export type { Recording, Run } from "./recording/run";

/**
 * Runs a Pulumi program in this process under the SDK's mock monitor, with the cloud's answers.
 * Parents, dependencies and options pass the monitor and not the mocks, so they are recorded there;
 * the first registration that fails ends the run, as an engine that stops does.
 * @param program registers resources and returns the stack's outputs
 */
export async function record(run: Run, program: () => Promise<unknown>): Promise<Recording> {
  const { project, stack, preview = false } = run;
  pulumi.runtime.setAllConfig({ ...run.config }, [...run.secretKeys]);
  const mocks = { call: notUsed, newResource: notUsed };
  await pulumi.runtime.setMocks(mocks, project, stack, preview);
  // The SDK's mocks say that they have no transforms; this recorder has.
  sdkStore().supportsTransforms = true;

  const registrations = new Registrations(run);
  const failed = new Promise<never>((_resolve, reject) => {
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    listen(monitor, registrations, reject);
  });
  try {
    const finished = pulumi.runtime
      .runInPulumiStack(program)
      .then(() => pulumi.runtime.disconnect());
    await Promise.race([finished, failed]);
    return registrations.recording();
  } catch (error) {
    // The program waits for answers that never come; the SDK must not report them at exit.
    await new Promise((resolve) => setImmediate(resolve));
    sdkStore().leakCandidates.clear();
    // Closed while it starts, the server for hooks would ask for ever whether it has.
    await sdkStore().callbacks?._target;
    throw error;
  } finally {
    registrations.close();
    pulumi.runtime.disconnectSync();
  }
}

interface SdkStore {
  supportsTransforms: boolean;
  /** Promises that have not ended: when the process exits, the SDK complains of those that are left. */
  leakCandidates: Set<unknown>;
  /** The server for hooks and transforms, once the program has one, and its address. */
  callbacks: { _target: Promise<string> } | undefined;
}

/**
 * What the SDK keeps of a run. It is not part of the SDK's public interface.
 * @throws Error where the SDK has changed it
 */
function sdkStore(): SdkStore {
  const { getStore } = sdkState as unknown as { getStore?: () => Partial<SdkStore> };
  const store = getStore?.();
  if (store?.supportsTransforms === undefined || store.leakCandidates === undefined) {
    throw new Error("the SDK keeps the state of a run elsewhere now: see simulation/recorder.ts");
  }
  return store as SdkStore;
}

/** The calls of the SDK's monitor client that a recording answers. */
interface Monitor {
  registerResource: Handler<resproto.RegisterResourceRequest, resproto.RegisterResourceResponse>;
  registerResourceOutputs: Handler<resproto.RegisterResourceOutputsRequest, object>;
  registerStackTransform: Handler<Parameters<Registrations["addStackTransform"]>[0], object>;
  registerResourceHook: Handler<resproto.RegisterResourceHookRequest, object>;
  registerErrorHook: Handler<resproto.RegisterErrorHookRequest, object>;
  readResource: Handler<resproto.ReadResourceRequest, never>;
  call: Handler<resproto.ResourceCallRequest, never>;
  invoke: Handler<InvokeRequest, InvokeResponse>;
}

type Handler<Request, Response> = (
  request: Request,
  callback: (error: Error | null, response?: Response) => void,
) => void;

function listen(
  monitor: Monitor,
  registrations: Registrations,
  fail: (error: unknown) => void,
): void {
  // The program gets no answer to a failure: it would report the same failure a second time.
  const answer =
    <Request, Response>(
      handle: (request: Request) => Response | Promise<Response>,
    ): Handler<Request, Response> =>
    (request, callback) => {
      Promise.resolve(request)
        .then(handle)
        .then((response) => {
          callback(null, response);
        }, fail);
    };
  monitor.registerResource = answer((request) => registrations.register(request));
  monitor.registerResourceOutputs = answer((request) => registrations.registerOutputs(request));
  monitor.registerStackTransform = answer((request) => registrations.addStackTransform(request));
  monitor.registerResourceHook = answer((request) => registrations.addHook(request));
  // No call to the simulated cloud fails, so no error hook ever runs.
  monitor.registerErrorHook = answer(() => ({}));
  monitor.readResource = answer((request) => {
    throw new pulumi.RunError(
      `the simulated cloud cannot read ${request.getType()} ${request.getName()}: it holds only what ` +
        "the program makes. Fix: pass its values as configuration",
    );
  });
  monitor.call = answer((request) => {
    throw new pulumi.RunError(
      `the simulated cloud does not know the method ${request.getTok()}. ` +
        "Fix: use outputs of the component in its place",
    );
  });
  monitor.invoke = answer((request) => registrations.invoke(request));
}

function notUsed(): never {
  throw new Error("registrations and invokes are answered by the recorder");
}
