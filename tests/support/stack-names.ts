import { readdirSync } from "node:fs";
import { ROOT } from "./simulated";

/** Every stack that has a file in the tree. */
export const STACK_NAMES: readonly string[] = readdirSync(ROOT).flatMap((file) => {
  const [, stack] = /^Pulumi\.(.+)\.yaml$/.exec(file) ?? [];
  return stack === undefined ? [] : [stack];
});
