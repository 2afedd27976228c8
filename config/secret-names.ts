import * as command from "./commands";
import type { Problems } from "./problems";

/** A secret that something reads. */
interface NeededSecret {
  readonly name: string;
  /** What it is, if it is not there. */
  readonly must: string;
}

/** What is said of a secret that nothing reads. */
interface Unread {
  readonly must: string;
  readonly got: string;
}

/**
 * Every secret that is read, and no other.
 * @param key whose secrets they are
 * @param names of the secrets given
 */
export function checkSecretNames(
  key: string,
  names: readonly string[],
  needed: readonly NeededSecret[],
  unread: Unread,
  problems: Problems,
): void {
  for (const { name, must } of needed.filter((each) => !names.includes(each.name))) {
    const path = command.fieldPath(key, name);
    problems.add(path, must, "nothing", command.setSecret(path));
  }
  for (const name of names.filter((each) => !needed.some((other) => other.name === each))) {
    const path = command.fieldPath(key, name);
    problems.add(path, unread.must, unread.got, command.removePath(path));
  }
}
