import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Images } from "./images";
import { STACK } from "./local-folder";

/** What the checked-in file of the local stack says of the cluster that it is for. */
export interface StackFile {
  readonly context: string;
  /** Name for kind: that of the context without `kind-`. */
  readonly clusterName: string;
  readonly nodePort: number;
  /** To be pushed to a registry at a port of this machine. */
  readonly images: Images;
  readonly registryPort: number;
}

/** @throws Error where the file does not describe a cluster of kind with a registry beside it */
export function readStackFile(root: string): StackFile {
  const file = `Pulumi.${STACK}.yaml`;
  const { config } = parse(readFileSync(path.join(root, file), "utf8")) as {
    config: { kubeContext: string; grafanaNodePort: number; serviceImages: Images };
  };
  const { kubeContext, grafanaNodePort: nodePort, serviceImages: images } = config;
  const [, clusterName] = /^kind-(.+)$/.exec(kubeContext) ?? [];
  const ports = Object.values(images).map((image) => /^localhost:(\d+)\//.exec(image)?.[1]);
  const [port] = ports;
  if (clusterName === undefined || port === undefined || ports.some((each) => each !== port)) {
    const must = "a kubeContext kind-NAME and serviceImages of one registry localhost:PORT";
    throw new Error(
      `${file} must have ${must}; got ${kubeContext} and ${Object.values(images).join(", ")}. Fix: git checkout ${file}, or npm run local -- --kubeconfig FILE`,
    );
  }
  return { context: kubeContext, clusterName, nodePort, images, registryPort: Number(port) };
}
