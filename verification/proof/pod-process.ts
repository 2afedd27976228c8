import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Child } from "../child-process";
import type { Kubernetes } from "../cluster/kubernetes";
import { addressOf, containerOf, environmentOf, expanded, type Pod } from "./pod";
import { reloadConfig, writeMounts } from "./pod-files";

export interface PodProcessOptions {
  /** Name of its main container. */
  readonly container: string;
  /** The program that stands for the container's image. */
  readonly program: string;
  /** Port that it is to listen on, at the pod's address only. */
  readonly port: number;
  /** Folder for the files of all pods. */
  readonly folder: string;
  /** Changes an argument, such as a name that only the cluster's DNS knows. @default none */
  readonly argument?: (argument: string) => string;
}

/** A pod's main container as a process that sees the files which its pod would have, and few others. */
export interface PodProcess {
  readonly url: string;
  /** The configuration that it runs with: the operator's, with the reloader's replacements. */
  readonly config: string;
  readonly child: Child;
}

/** What programs need of the machine: libraries, devices, /proc. */
const OF_MACHINE = ["usr", "lib", "lib64", "dev", "proc"];
/** Mounts that in a namespace of its own, where it goes with the process, and runs the program there. */
const ENTER = `
set -e
root=$1 program=$2
shift 2
for folder in ${OF_MACHINE.join(" ")}; do
  if [ -d /$folder ]; then mkdir -p "$root/$folder"; mount --rbind /$folder "$root/$folder"; fi
done
mount --bind "$program" "$root/program"
exec chroot "$root" /program "$@"
`;

/** @throws Error where the program does not get ready within 20 s, with what it printed */
export async function startPodProcess(
  kubernetes: Kubernetes,
  pod: Pod,
  { container: name, program, port, folder, argument = (same) => same }: PodProcessOptions,
): Promise<PodProcess> {
  const root = path.join(folder, pod.metadata.name);
  const container = containerOf(pod, name);
  const reloader = containerOf(pod, "config-reloader");
  await writeMounts(kubernetes, pod, container, root);
  await writeMounts(kubernetes, pod, reloader, root);
  const config = reloadConfig(pod, reloader, root);
  mkdirSync(path.join(root, "tmp"), { recursive: true });
  writeFileSync(path.join(root, "program"), "");
  const api = new URL(kubernetes.client.server);
  const env = {
    ...environmentOf(pod, container),
    KUBERNETES_SERVICE_HOST: api.hostname,
    KUBERNETES_SERVICE_PORT: api.port,
  };
  const listen = `${addressOf(pod)}:${port}`;
  const args = (container.args ?? [])
    .filter((each) => !each.startsWith("--web.listen-address="))
    .map((each) => argument(expanded(each, env)));
  const child = Child.start(
    "unshare",
    ["--mount", "sh", "-c", ENTER, "sh", root, program, ...args, `--web.listen-address=${listen}`],
    { env: { PATH: process.env.PATH, ...env } },
  );
  try {
    await child.answers(`http://${listen}/-/ready`);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { url: `http://${listen}`, config, child };
}
