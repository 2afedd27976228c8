import { at, reveal } from "../resource";
import type { CloudResource, Reference } from "./behaviour";

/** An input that holds the id, the ARN or the name of another resource, or a list of such. */
export function byInput(path: string, to: string, onDelete?: Reference["onDelete"]): Reference {
  return {
    to,
    because: `its ${path} names it`,
    matches: (from, target) => holds(reveal(at(from.inputs, path)), namesOf(target)),
    ...(onDelete && { onDelete }),
  };
}

/** What others may call it by. */
function namesOf({ id, outputs }: CloudResource): unknown[] {
  const { arn, name } = outputs;
  return [id, arn, name].filter((each) => typeof each === "string" && each !== "");
}

function holds(value: unknown, names: readonly unknown[]): boolean {
  return Array.isArray(value)
    ? value.some((item) => holds(item, names))
    : value !== undefined && names.includes(value);
}
