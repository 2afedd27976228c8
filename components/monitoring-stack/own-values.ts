import * as pulumi from "@pulumi/pulumi";
import { deepmergeCustom } from "deepmerge-ts";
import { fieldPath } from "../../config/commands";
import { INTO_A_SECRET, refusedValues } from "./refused-values";

type Values = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/**
 * As Helm takes a second file of values: objects are merged and lists replaced. null stays, by which Helm takes
 * the chart's own value away (pulumi-kubernetes hands it on from 4.30 on).
 */
const merge = deepmergeCustom({ mergeArrays: false });

/**
 * The program's values with a user's own over them.
 * @throws pulumi.RunError where one of them is refused; outputs among them fail where they are secret or refused
 */
export function withOwnValues(program: Values, own: Values): Values {
  refuse(own);
  return merge(program, checkedOutputs(own, [])) as Values;
}

/** The same values, whose outputs give theirs once it is known to be plain and not refused. */
function checkedOutputs(value: unknown, path: Path): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    return checkedOutput(pulumi.output(value as pulumi.Input<unknown>), path);
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => checkedOutputs(item, [...path, index]));
  }
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([key, part]) => [
    key,
    checkedOutputs(part, [...path, key]),
  ]);
  return Object.fromEntries(parts) as unknown;
}

/** Secrecy is known in a preview too, where the value may not be. */
const checkedOutput = (output: pulumi.Output<unknown>, path: Path): pulumi.Output<unknown> =>
  pulumi.output(pulumi.isSecret(output)).apply((isSecret) => {
    if (isSecret) throw new pulumi.RunError(sentence(path, `plain (${INTO_A_SECRET})`, "a secret"));
    return output.apply((value) => {
      refuse(nested(path, value));
      return value;
    });
  });

function refuse(values: Values): void {
  const refused = refusedValues(values);
  if (refused.length === 0) return;
  const sentences = refused.map(({ path, must }) => sentence(path, must, "a value"));
  throw new pulumi.RunError(sentences.join("\n"));
}

const sentence = (path: Path, must: string, got: string): string =>
  `${path.reduce<string>(fieldPath, "values")} must be ${must}; got ${got}. Fix: leave it out`;

/** The value where the path leads to, and nothing beside it. */
const nested = (path: Path, value: unknown): Values =>
  path.reduceRight<unknown>(
    (inner, key) =>
      typeof key === "number" ? [...new Array<undefined>(key), inner] : { [key]: inner },
    value,
  ) as Values;
