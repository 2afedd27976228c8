import path from "node:path";
import { type Checkout, checkOut, commitOf } from "./checkout";
import type { Side } from "./side";

/** What the user has asked for. */
export interface Chosen {
  /** Folder of the project. */
  readonly root: string;
  /** Commits, up to two: before, by default HEAD, and after, by default the working tree. */
  readonly refs: readonly string[];
  readonly stack: string;
  /** Stack files: none, one for both sides, or one for each; then the program before is by default that after. */
  readonly configFiles: readonly string[];
}

/**
 * Has both sides in folders while something is done with them.
 * @throws Error with a sentence where a side cannot be had
 */
export async function withSides<T>(
  { root, refs, stack, configFiles }: Chosen,
  signal: AbortSignal,
  use: (before: Side, after: Side) => Promise<T>,
): Promise<T> {
  const ofTwoFiles = configFiles.length === 2;
  const [first, second = first] = configFiles;
  const [beforeRef = ofTwoFiles ? undefined : "HEAD", afterRef] = refs;
  const [before, after] = [
    { ref: beforeRef, file: first, commit: await known(root, beforeRef) },
    { ref: afterRef, file: second, commit: await known(root, afterRef) },
  ];
  const checkouts: Checkout[] = [];
  const sideOf = async ({ ref, file, commit }: typeof before): Promise<Side> => {
    const checkout = commit === undefined ? undefined : await checkOut(root, commit, signal);
    if (checkout) checkouts.push(checkout);
    const program =
      commit === undefined ? "the working tree" : `${ref ?? ""} (${commit.slice(0, 7)})`;
    const withFile = ofTwoFiles && file !== undefined ? `${file} with ${program}` : program;
    return {
      label: withFile,
      folder: checkout?.folder ?? root,
      stack,
      ...(file !== undefined && { configFile: path.resolve(file) }),
    };
  };
  try {
    // One after the other: git locks the repository while it adds a worktree.
    const sides = [await sideOf(before), await sideOf(after)] as const;
    return await use(...sides);
  } finally {
    for (const checkout of checkouts) await checkout.remove();
  }
}

const known = (root: string, ref: string | undefined): Promise<string | undefined> =>
  ref === undefined ? Promise.resolve(undefined) : commitOf(root, ref);
