import type { Outcome } from "../engine";
import { type Operation, type OperationRun, type Performed, stepsOf } from "./operation";

type Config = Readonly<Record<string, unknown>>;

/** Sets keys of the project's configuration, previews and runs `up`. */
export const configured =
  (config: Config): Operation["perform"] =>
  (run) => {
    run.engine.work.configure(config);
    return previewAndUp(run);
  };

/** An operation that sets keys, after which every claim is still there. @param restarted pods that are replaced */
export function change(
  name: string,
  config: Readonly<Record<string, unknown>>,
  steps: readonly string[],
  restarted: readonly string[] = [],
): Operation {
  return { name, perform: configured(config), expected: { steps, claims: "kept", restarted } };
}

/** Sets keys that the preview has to refuse, shows that `up` does too, and sets them back. */
export const refused =
  (config: Config): Operation["perform"] =>
  (run) =>
    run.engine.work.withConfig(config, async () => {
      const preview = await run.engine.preview();
      if (preview.ok) return { steps: stepsOf(preview), preview: preview.console };
      const up = await run.engine.up();
      if (up.ok) throw new Error(`up is not refused, though the preview is: ${stepsOf(up).join()}`);
      return { steps: "refused in the preview", preview: preview.console };
    });

/** Previews, runs `up`, and holds one against the other. */
export async function previewAndUp({ engine }: OperationRun): Promise<Performed> {
  const preview = await succeeded(engine.preview());
  const up = await succeeded(engine.up());
  const [planned, done] = [stepsOf(preview), stepsOf(up)];
  if (String(planned) !== String(done)) {
    throw new Error(`the preview says ${planned.join(", ")}; up did ${done.join(", ")}`);
  }
  return { steps: done, preview: preview.console };
}

/** `pulumi refresh`, then `up`: the steps of both. */
export async function refreshAndUp({ engine }: OperationRun): Promise<Performed> {
  const refresh = await succeeded(engine.refresh());
  const up = await succeeded(engine.up());
  // Volatile fields, such as a status, are refreshed and no drift.
  const drift = refresh.steps.filter(({ op }) => op !== "refresh");
  return { steps: [...stepsOf({ steps: drift }), ...stepsOf(up)], preview: refresh.console };
}

/** @throws Error with the end of what was printed where an operation did not succeed */
export async function succeeded(outcome: Promise<Outcome>): Promise<Outcome> {
  const ended = await outcome;
  if (!ended.ok) throw new Error(`it failed: ${ended.console.slice(-1200)}`);
  return ended;
}
