import type * as pulumi from "@pulumi/pulumi";
import type { Fill } from "./commands";
import type { RegionalRule, Rule } from "./rules";

/** The platforms that a stack can run on. */
export type PlatformName = "eks" | "kubeconfig";

/** What a key is for, where not every platform has it. */
export interface OnlyOn {
  readonly platform: PlatformName;
  /** Why another platform has no use for the key, or what does the same there: one clause. */
  readonly elsewhere: string;
}

interface Row {
  /** One or two sentences for Pulumi.yaml and docs/configuration.md. */
  readonly description: string;
  /** @default every platform */
  readonly only?: OnlyOn;
  /** Whether the key cannot change after the first `pulumi up`. @default no */
  readonly fixed?: true;
}

/** Text. Without a default the key must be set; with an empty one it may stay empty. */
export interface TextKey extends Row {
  readonly type: "text";
  readonly default?: string;
  readonly rule: RegionalRule;
}

export interface OneOfKey extends Row {
  readonly type: "oneOf";
  readonly values: readonly string[];
  readonly default: string;
}

export interface BooleanKey extends Row {
  readonly type: "boolean";
  readonly default: boolean;
}

/** A whole number; both bounds are allowed. */
export interface IntegerKey extends Row {
  readonly type: "integer";
  readonly least: number;
  readonly most: number;
  /** A number outside the bounds that means none. @default every number is in the bounds */
  readonly none?: number;
  /** Why not less or more, for the message. @default nothing is said */
  readonly why?: string;
  readonly default: number;
}

/** A list of different texts. */
export interface ListKey extends Row {
  readonly type: "list";
  readonly item: RegionalRule;
  readonly least: number;
  readonly most?: number;
  /** What takes the place of a wrong or a missing item, best first; when all are used, a wrong item is removed. */
  readonly fill: (region: string) => readonly Fill[];
  readonly default: readonly string[];
}

/** A list of objects, whose fields receivers.ts reads. */
export interface ObjectsKey extends Row {
  readonly type: "objects";
  readonly default: readonly [];
}

/** An object whose fields a file of its own reads. */
export interface ObjectKey extends Row {
  readonly type: "object";
  /** Why it may hold no secret, and where one goes; it is then to be removed. @default to be decrypted, as other keys */
  readonly noSecret?: string;
  readonly default: Readonly<Record<string, never>>;
}

/** An object of texts, each with a name. */
export interface TextsKey extends Row {
  readonly type: "texts";
  readonly name: Rule;
  readonly item: Rule;
  readonly default: Readonly<Record<string, never>>;
}

/** An object of secret texts. Pulumi.yaml cannot declare it: the CLI refuses a type, a default and secrecy together. */
export interface SecretsKey extends Row {
  readonly type: "secrets";
}

export type Key =
  | TextKey
  | OneOfKey
  | BooleanKey
  | IntegerKey
  | ListKey
  | ObjectsKey
  | ObjectKey
  | TextsKey
  | SecretsKey;

/** An object as the stack file has it, not yet checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** Names are plain, values secret. */
export interface Secrets {
  readonly names: readonly string[];
  /** Absent where there are none. */
  readonly values?: pulumi.Output<Record<string, string>>;
}

/** The type of what the reader returns for a row. */
export type ValueOf<K extends Key> = K extends { type: "text" }
  ? string
  : K extends { type: "oneOf"; values: readonly (infer Value)[] }
    ? Value
    : K extends { type: "boolean" }
      ? boolean
      : K extends { type: "integer" }
        ? number
        : K extends { type: "list" }
          ? readonly string[]
          : K extends { type: "objects" }
            ? readonly Fields[]
            : K extends { type: "object" }
              ? Fields
              : K extends { type: "texts" }
                ? Readonly<Record<string, string>>
                : Secrets;
