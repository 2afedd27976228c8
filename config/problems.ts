import * as pulumi from "@pulumi/pulumi";

/** Everything that is wrong with a stack's configuration, told at once. */
export class Problems {
  private readonly sentences: string[] = [];

  /**
   * @param path the key, or a path into its value
   * @param must ends "PATH must be ..."
   * @param got ends "got ...": see `shown`; never a secret
   * @param fix bash commands after which the problem is gone
   */
  add(path: string, must: string, got: string, fix: string): void {
    this.sentences.push(sentence(path, must, got, fix));
  }

  /** @throws pulumi.RunError with a line for each problem; the CLI prints it without a stack trace */
  throwIfAny(stack: string): void {
    if (this.sentences.length === 0) return;
    const count = this.sentences.length === 1 ? "1 problem" : `${this.sentences.length} problems`;
    throw new pulumi.RunError(
      [`The configuration of stack ${stack} has ${count}:`, ...this.sentences].join("\n  "),
    );
  }
}

/** The one form of every message about configuration. */
export const sentence = (path: string, must: string, got: string, fix: string): string =>
  `${path} must be ${must}; got ${got}. Fix: ${fix}`;

/** A value for people, without what an address may hold that is secret: a login, and a path or query. */
export function shown(value: unknown): string {
  if (value === undefined || value === "" || value === null) return "nothing";
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "string" ? withoutSecrets(part) : part,
  );
}

const withoutSecrets = (text: string): string =>
  text.replace(/^.*:.*@/s, "[hidden]@").replace(/(https?:\/\/[^/?#\s]+\/)[^\s]+/g, "$1[hidden]");
