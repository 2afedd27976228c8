import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";

/** Name of the stack, whose file is checked in. */
export const STACK = "local";
const STACK_FILE = `Pulumi.${STACK}.yaml`;

/**
 * All that a local stack keeps on this machine, ignored by git: the state, its passphrase, the kubeconfig
 * of its cluster, and a copy of the project in which the CLI writes its own part of the stack's file.
 */
export class LocalFolder {
  readonly project: string;
  /** Of the cluster that is made here. */
  readonly kubeconfig: string;

  constructor(
    private readonly root: string,
    readonly folder = path.join(root, ".local"),
  ) {
    this.project = path.join(folder, "project");
    this.kubeconfig = path.join(folder, "kubeconfig");
  }

  /**
   * Makes what is missing, and takes the project's files as they are now.
   * @param given kubeconfig of a cluster that is there
   */
  prepare(given: string | undefined): void {
    mkdirSync(this.project, { recursive: true });
    mkdirSync(path.join(this.folder, "state"), { recursive: true });
    this.refreshProject();
    if (given !== undefined) writeFileSync(this.givenFile, path.resolve(given));
    if (!existsSync(this.passphraseFile)) {
      writeFileSync(this.passphraseFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
    }
  }

  /** A file backend with a passphrase of its own: no account at Pulumi, and none of the user's stacks. */
  environment(kubeconfig: string): Readonly<Record<string, string>> {
    return {
      PULUMI_BACKEND_URL: `file://${path.join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: this.exists ? readFileSync(this.passphraseFile, "utf8") : "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      KUBECONFIG: path.resolve(kubeconfig),
    };
  }

  /**
   * The cluster that is there and that this stack is on; undefined for one of its own.
   * @param asked kubeconfig that this run is given. @default that of the earlier run
   * @throws Error where the stack is on another cluster
   */
  clusterFor(asked: string | undefined): string | undefined {
    if (!this.exists) return asked;
    const known = existsSync(this.givenFile) ? readFileSync(this.givenFile, "utf8") : undefined;
    if (asked === undefined || (known !== undefined && path.resolve(asked) === known)) return known;
    throw new Error(
      `--kubeconfig must be left out, or be ${known ?? "left out"}: the stack is there already; got ${asked}. Fix: npm run local -- --down`,
    );
  }

  /** Whether a CLI was killed: nobody else uses this backend, so a lock of another is one of the dead. */
  get isStateLocked(): boolean {
    const locks = path.join(this.folder, "state", ".pulumi", "locks");
    if (!existsSync(locks)) return false;
    return readdirSync(locks, { recursive: true }).some((file) => String(file).endsWith(".json"));
  }

  /** Whether an `up` has ever begun here. */
  get exists(): boolean {
    return existsSync(this.passphraseFile);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get givenFile(): string {
    return path.join(this.folder, "given-kubeconfig");
  }

  private get passphraseFile(): string {
    return path.join(this.folder, "passphrase");
  }

  /** Folders by links, files by copies: Windows lets everybody link folders only. */
  private refreshProject(): void {
    const kept = path.join(this.project, STACK_FILE);
    const salt = existsSync(kept)
      ? parseDocument(readFileSync(kept, "utf8")).get("encryptionsalt")
      : undefined;
    for (const entry of readdirSync(this.project)) {
      rmSync(path.join(this.project, entry), { recursive: true });
    }
    for (const entry of readdirSync(this.root, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || /^Pulumi\..+\.yaml$/.test(entry.name)) continue;
      const [from, to] = [path.join(this.root, entry.name), path.join(this.project, entry.name)];
      if (entry.isFile()) copyFileSync(from, to);
      else symlinkSync(from, to, "junction");
    }
    const stackFile = parseDocument(readFileSync(path.join(this.root, STACK_FILE), "utf8"));
    if (salt !== undefined) stackFile.set("encryptionsalt", salt);
    writeFileSync(kept, stackFile.toString());
  }
}
