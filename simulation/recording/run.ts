import type { Cloud } from "../cloud/cloud";
import type { Properties, Resource } from "../resource";

/** One run of a program against the simulated cloud. */
export interface Recording {
  /** Everything that was registered, in the order of registration. */
  readonly resources: readonly Resource[];
  readonly outputs: Properties;
}

export interface Run {
  readonly project: string;
  readonly stack: string;
  readonly cloud: Cloud;
  /** Full keys, as the CLI passes them on. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** As in `pulumi preview`: what a provider would add is unknown. @default false */
  readonly preview?: boolean;
}
