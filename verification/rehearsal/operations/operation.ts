import type { Engine, Outcome } from "../engine";
import type { Helm } from "../helm";

/** An everyday operation, and what is expected of it. */
export interface Operation {
  readonly name: string;
  /** What the user does. */
  perform(run: OperationRun): Promise<Performed>;
  readonly expected: Effect;
  /** The user deletes data by hand, which no preview can announce. @default false */
  readonly isDamage?: true;
  /** It makes the stack anew or takes it down: claims and pods of before are not compared. @default false */
  readonly startsAgain?: true;
}

/** What an operation does to the stack, as expected and as seen. */
export interface Effect {
  /** Steps of `up`, such as `update Release`; or why nothing was done. */
  readonly steps: readonly string[] | Refused;
  /** What happened to the volume claims, such as "kept". */
  readonly claims: string;
  /** Workloads of which a pod was replaced, without those of the operator's own making anew. */
  readonly restarted: readonly string[];
  /** What the preview says about data and more; undefined: nothing has to be said. */
  readonly announced?: RegExp;
}

export type Refused = "refused in the preview";

/** What was done and seen; claims and pods are compared by the runner. */
export interface Performed {
  readonly steps: readonly string[] | Refused;
  /** What the preview printed; empty where there was none. */
  readonly preview: string;
}

/** Operations that belong together: the stack is after the last as it was before the first. */
export interface OperationGroup {
  readonly name: string;
  /** Part of the short rehearsal: one group of each class is. @default false */
  readonly short?: true;
  /** Means nothing on a chart whose values have no effect. @default false */
  readonly needsValues?: true;
  /** Needs charts of other versions. @default false */
  readonly needsOlderCharts?: true;
  /** Installs KEDA, for which its CRDs are needed. @default false */
  readonly needsKeda?: true;
  /** Takes the stack down, or damages it so that the next group starts with a new one. @default false */
  readonly endsTheStack?: true;
  readonly operations: readonly Operation[];
}

/** What operations work on. */
export interface OperationRun {
  readonly engine: Engine;
  readonly helm: Helm;
  /** Folders of charts, oldest first; the last is the one that the stack uses. */
  readonly charts: readonly ChartFolder[];
  readonly progress: (text: string) => void;
}

export interface ChartFolder {
  readonly folder: string;
  readonly version: string;
}

/** Steps as the table shows them: `update ConfigMap`, or `2 update ConfigMap`. A replacement is one step, though the engine takes three. */
export function stepsOf({ steps }: Pick<Outcome, "steps">): string[] {
  const counts = new Map<string, number>();
  for (const { op, urn } of steps) {
    if (/^(create|delete)-repl/.test(op)) continue;
    const type = (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
    const step = `${op} ${type.slice(type.lastIndexOf(":") + 1)}`;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return [...counts].map(([step, count]) => (count > 1 ? `${count} ${step}` : step)).sort();
}
