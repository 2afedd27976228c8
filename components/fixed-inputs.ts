import * as pulumi from "@pulumi/pulumi";
import * as command from "../config/commands";

/** An input of a component that cannot change freely once the component is made. */
export interface FixedInput {
  /** Name among the component's inputs, which Pulumi keeps in the stack's state. */
  readonly input: string;
  /** Key of the stack's configuration that the input comes from. */
  readonly key: string;
  /** What the key must be. @default the value that it had, for the life of the stack */
  readonly must?: (made: unknown) => string;
  /** Why, as one clause. */
  readonly because: string;
  /** Whether a change goes through all the same. @default none does */
  readonly allows?: (made: unknown, wanted: unknown) => boolean;
  /** The command that mends it. @default sets the key back */
  readonly fix?: (made: unknown, wanted: unknown) => string;
}

type Inputs = Readonly<Record<string, unknown>>;

/**
 * Options with a hook that refuses, in the preview already, a change of inputs that cannot change: AWS
 * and Helm would refuse it half-way, or the data would be lost. `pulumi up --skip-preview` is refused
 * too, but may have updated other resources by then.
 * @param type of the component; with the name it makes the hook's name unique
 */
export const keepInputs = (
  type: string,
  name: string,
  fixed: readonly FixedInput[],
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions =>
  pulumi.mergeOptions(opts, {
    hooks: {
      beforeUpdate: [
        new pulumi.ResourceHook(
          `${type} ${name}: fixed inputs`,
          ({ oldInputs = {}, newInputs = {} }) => {
            const refusals = refusedChanges(fixed, oldInputs, newInputs);
            if (refusals.length > 0) throw new Error(refusals.join("\n"));
          },
          { onDryRun: true },
        ),
      ],
    },
  });

/** @returns a sentence for each change that cannot be made */
export function refusedChanges(
  fixed: readonly FixedInput[],
  made: Inputs,
  wanted: Inputs,
): string[] {
  return fixed.flatMap(
    ({ input, key, because, must = staysAsMade, allows, fix = setBack(key) }) => {
      const [old, changed] = [made[input], wanted[input]];
      // A state without the input is from before the program kept it there.
      if (old === undefined || shown(old) === shown(changed) || allows?.(old, changed)) return [];
      return [
        `${key} must be ${must(old)}: ${because}; got ${shown(changed)}. Fix: ${fix(old, changed)}`,
      ];
    },
  );
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

const staysAsMade = (made: unknown): string =>
  `${shown(made)} for the life of the stack (a new stack can have another)`;

const setBack =
  (key: string) =>
  (made: unknown, wanted: unknown): string =>
    Array.isArray(made) && Array.isArray(wanted)
      ? command.changeList(
          key,
          wanted,
          made.map((value) => ({ value: String(value) })),
        )
      : command.set(key, String(made));
