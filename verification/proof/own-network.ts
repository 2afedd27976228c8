import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";

/** What kwok and the control plane give to pods. */
const POD_ADDRESSES = "10.244.0.0/16";
/**
 * And to Services. Nothing stands for kube-proxy, so the API server's calls of webhooks have to fail
 * at once; without this they wait for their 10 s each.
 */
const SERVICE_ADDRESSES = "10.96.0.0/16";
/** An API server does not start on a machine without an address and a default route. */
const MACHINE_ADDRESS = "10.255.255.1";
/**
 * Namespaces of its own for the network, where every address of a pod is this machine's, for mounts,
 * and for processes: with the first of them all others end, whatever becomes of this one.
 */
const UNSHARE = ["--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"];
/** The shell stays the first process: it is the one that has to see to orphans that have ended. */
const SET_UP = `
ip link set lo up || exit 3
ip address add ${MACHINE_ADDRESS}/32 dev lo || exit 3
ip route add default dev lo src ${MACHINE_ADDRESS} || exit 3
ip route add unreachable ${SERVICE_ADDRESSES} || exit 3
ip route add local ${POD_ADDRESSES} dev lo || exit 3
"$@"
`;

/** @returns one sentence of why there can be no such network here; undefined where there can */
export function whyNoNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return "a network namespace needs root";
  const { error, status, stderr } = spawnSync(
    "unshare",
    [...UNSHARE, "sh", "-c", `${SET_UP}exit $?`, "sh", "true"],
    { encoding: "utf8" },
  );
  if (error) return "a network namespace needs the programs unshare and ip (util-linux, iproute2)";
  return status === 0 ? undefined : `a network namespace cannot be made: ${stderr.trim()}`;
}

/**
 * Runs this command again there, with `--own-network` and a folder for files, which is its temporary one
 * too; all processes are gone when it is through, and then the files.
 * @returns its exit code
 */
export async function againInOwnNetwork(): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "own-network-"));
  const args = [...process.execArgv, ...process.argv.slice(1), "--own-network", folder];
  try {
    return await runInOwnNetwork(process.execPath, args, { ...process.env, TMPDIR: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program there, with this one's input and output. @returns its exit code */
function runInOwnNetwork(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(
    "unshare",
    [...UNSHARE, "sh", "-c", `${SET_UP}exit $?`, "sh", program, ...args],
    { stdio: "inherit", env },
  );
  // A terminal tells the program itself; this one waits for what it makes of that.
  const wait = (): void => undefined;
  const end = (): void => void child.kill("SIGKILL");
  process.on("SIGINT", wait);
  process.on("SIGTERM", end);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.removeListener("SIGINT", wait);
      process.removeListener("SIGTERM", end);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
