import type { Properties } from "../resource";

/**
 * The rule of Pulumi's bridged providers for types that they would name themselves: with a name that
 * the program gives and does not change, old and new cannot exist side by side
 * (`nameRequiresDeleteBeforeReplace` of pulumi-terraform-bridge).
 */
export const keepsName = (old: Properties, wanted: Properties): boolean =>
  wanted.name !== undefined && wanted.name === old.name;
