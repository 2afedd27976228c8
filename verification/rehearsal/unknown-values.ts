import * as pulumi from "@pulumi/pulumi";
import { isProperties } from "../../simulation/resource";

/** What the engine's protocol has in the place of a value that only an update will tell. */
export const UNKNOWN = pulumi.runtime.unknownValue;

export function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isProperties(value) && Object.values(value).some(holdsUnknown);
}
