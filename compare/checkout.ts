import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** A commit of this repository in a folder of its own, until it is removed. */
export interface Checkout {
  /** Where its Pulumi.yaml is. */
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

const LOCK = "package-lock.json";

/**
 * The commit that a user has named.
 * @param root folder of the project, anywhere in its repository
 * @throws Error with a sentence where there is no git, no repository or no such commit
 */
export async function commitOf(root: string, ref: string): Promise<string> {
  await git(root, "rev-parse", "--git-dir").catch((error: unknown) => {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const [got, fix] = isMissing
      ? ["no program git", "https://git-scm.com/downloads"]
      : [`none at ${root}`, "clone the project with git"];
    throw new Error(
      `a commit can only be compared in a git repository; got ${got}. Fix: ${fix}, ` +
        "or compare two stack files: --config-file FILE --config-file FILE",
    );
  });
  try {
    const named = `${ref}^{commit}`;
    return await git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", named);
  } catch {
    throw new Error(
      `REF must be a commit of this repository; got ${JSON.stringify(ref)}. ` +
        "Fix: name one of git log --oneline, or fetch it first",
    );
  }
}

/**
 * Checks a commit out beside the working tree, which is not touched. It gets this installation's packages
 * where both have the same lock file, else its own by `npm ci`, without scripts of packages.
 */
export async function checkOut(
  root: string,
  commit: string,
  signal: AbortSignal,
): Promise<Checkout> {
  const prefix = await git(root, "rev-parse", "--show-prefix");
  const temporary = realpathSync(mkdtempSync(path.join(tmpdir(), "compare-")));
  const worktree = path.join(temporary, "worktree");
  const folder = path.join(worktree, prefix);
  const modules = path.join(folder, "node_modules");
  const remove = async () => {
    // First, so that nothing that removes a folder can go through a link to this installation's packages.
    await rm(modules, { force: true, recursive: true });
    await git(root, "worktree", "remove", "--force", worktree).catch(() => undefined);
    await rm(temporary, { recursive: true, force: true });
  };
  try {
    await git(root, "worktree", "add", "--quiet", "--detach", worktree, commit);
    if (haveSameLock(root, folder)) {
      symlinkSync(realpathSync(path.join(root, "node_modules")), modules);
    } else {
      await install(folder, commit, signal);
    }
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

const haveSameLock = (root: string, folder: string): boolean => {
  const [own, other] = [root, folder].map((each) => path.join(each, LOCK)) as [string, string];
  return existsSync(other) && readFileSync(own).equals(readFileSync(other));
};

function install(cwd: string, commit: string, signal: AbortSignal): Promise<void> {
  process.stderr.write(
    `${commit.slice(0, 7)} has other packages than this folder: npm ci, which takes a minute\n`,
  );
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  // Its progress is no part of the report.
  const child = spawn("npm", args, { cwd, signal, stdio: ["ignore", 2, 2] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `npm ci of ${commit.slice(0, 7)} must end with 0; got ${String(code)}. Fix: what it says above`,
          ),
        );
    });
  });
}

/** A hook of git that called this one says by these where its own repository is. */
const OF_A_HOOK = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/** What git prints, without the end of the line. Hooks of the repository do not run. */
const git = (root: string, ...args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !OF_A_HOOK.includes(name)),
    );
    const all = ["-C", root, "-c", "core.hooksPath=/dev/null", ...args];
    execFile("git", all, { env, encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trimEnd());
      else reject(Object.assign(new Error(stderr.trim()), { code: error.code }));
    });
  });
