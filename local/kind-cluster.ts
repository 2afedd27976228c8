import { stringify } from "yaml";
import { versions } from "../versions";
import type { Shell } from "./shell";

/** What a kind cluster and its registry are made from. */
export interface KindClusterArgs {
  /** Cluster of kind; its context is `kind-<name>`. */
  readonly name: string;
  /** Port of the node, and the same one of this machine, on the loopback only. */
  readonly nodePort: number;
  /** Port of this machine that the registry answers on; images are named `localhost:<port>/...`. */
  readonly registryPort: number;
  /** File to write the kubeconfig to; the user's own is left alone. */
  readonly kubeconfig: string;
}

/** Docker's network of every kind cluster. */
const NETWORK = "kind";
/** That of the official image. */
const INNER_PORT = 5000;

/**
 * A cluster of kind with a registry of its own beside it, as
 * https://kind.sigs.k8s.io/docs/user/local-registry/ describes. Each step looks first whether it is done.
 */
export class KindCluster {
  private readonly registry: string;

  constructor(
    private readonly shell: Shell,
    private readonly args: KindClusterArgs,
  ) {
    this.registry = `${args.name}-registry`;
  }

  async up(): Promise<void> {
    await this.startRegistry();
    const { name, kubeconfig } = this.args;
    const own = ["--name", name, "--kubeconfig", kubeconfig];
    if (await this.exists()) await this.shell.run(["kind", "export", "kubeconfig", ...own]);
    else {
      const create = ["kind", "create", "cluster", ...own, "--wait", "120s", "--config", "-"];
      await this.shell.run(create, { input: stringify(this.config()) });
    }
    await this.nameRegistry();
  }

  /** Removes cluster and registry, as far as they are there. */
  async down(): Promise<void> {
    const { name, kubeconfig } = this.args;
    if (await this.exists()) {
      await this.shell.run([
        "kind",
        "delete",
        "cluster",
        "--name",
        name,
        "--kubeconfig",
        kubeconfig,
      ]);
    }
    if ((await this.registryState()) !== undefined) {
      await this.shell.run(["docker", "rm", "--force", "--volumes", this.registry]);
    }
  }

  private async exists(): Promise<boolean> {
    const { stdout } = await this.shell.read(["kind", "get", "clusters"]);
    return stdout.split("\n").includes(this.args.name);
  }

  private async startRegistry(): Promise<void> {
    const state = await this.registryState();
    if (state === "true") return;
    if (state === "false") return this.shell.run(["docker", "start", this.registry]);
    const publish = `127.0.0.1:${this.args.registryPort}:${INNER_PORT}`;
    const named = ["--name", this.registry, "--publish", publish, "--restart", "unless-stopped"];
    return this.shell.run(["docker", "run", "--detach", ...named, `registry:${versions.registry}`]);
  }

  /** "true" or "false": whether it runs; undefined where there is none. */
  private async registryState(): Promise<string | undefined> {
    const ask = ["docker", "inspect", "--format", "{{.State.Running}}", this.registry];
    const { code, stdout } = await this.shell.read(ask);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** On the nodes `localhost` is the node: containerd is told where the registry is instead. */
  private async nameRegistry(): Promise<void> {
    const { name, registryPort } = this.args;
    const nodes = await this.shell.read(["kind", "get", "nodes", "--name", name]);
    const folder = `/etc/containerd/certs.d/localhost:${registryPort}`;
    for (const node of nodes.stdout.split("\n").filter((line) => line !== "")) {
      await this.shell.run(["docker", "exec", node, "mkdir", "-p", folder]);
      await this.shell.run(
        ["docker", "exec", "--interactive", node, "cp", "/dev/stdin", `${folder}/hosts.toml`],
        { input: `[host."http://${this.registry}:${INNER_PORT}"]\n` },
      );
    }
    const networks = ["docker", "inspect", "--format", "{{json .NetworkSettings.Networks}}"];
    const { stdout } = await this.shell.read([...networks, this.registry]);
    if (stdout.includes(`"${NETWORK}"`)) return;
    await this.shell.run(["docker", "network", "connect", NETWORK, this.registry]);
  }

  /** kind's own node image: it vouches for no other. */
  private config(): object {
    const { nodePort } = this.args;
    const mapping = { containerPort: nodePort, hostPort: nodePort, listenAddress: "127.0.0.1" };
    return {
      kind: "Cluster",
      apiVersion: "kind.x-k8s.io/v1alpha4",
      nodes: [{ role: "control-plane", extraPortMappings: [mapping] }],
    };
  }
}
