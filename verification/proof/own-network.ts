import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";

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

/** Runs a program there, with this one's input and output. @returns its exit code */
export function runInOwnNetwork(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(
    "unshare",
    [...UNSHARE, "sh", "-c", `${SET_UP}exit $?`, "sh", program, ...args],
    { stdio: "inherit" },
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
