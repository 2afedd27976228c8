import type { Shell } from "./shell";

/** A program that has to be there. */
interface Requirement {
  readonly program: string;
  /** Prints its version, and fails where it cannot work. */
  readonly ask: readonly string[];
  /** The oldest that does. @default any */
  readonly least?: readonly [major: number, minor: number];
  /** Where to get it. */
  readonly source: string;
  /** What to do where it is there and does not answer. */
  readonly notWorking: string;
}

const DOCKER: Requirement = {
  program: "docker",
  ask: ["docker", "version", "--format", "{{.Server.Version}}"],
  source: "https://docs.docker.com/get-started/get-docker/",
  notWorking: "start Docker, and see that docker ps works without sudo",
};

const KIND: Requirement = {
  program: "kind",
  ask: ["kind", "version"],
  // From 0.27 on its nodes read /etc/containerd/certs.d, where the local registry is named.
  least: [0, 27],
  source: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
  notWorking: "install it again",
};

const PULUMI: Requirement = {
  program: "pulumi",
  ask: ["pulumi", "version"],
  least: [3, 248],
  source: "https://www.pulumi.com/docs/iac/download-install/",
  notWorking: "install it again",
};

/** What a stack on a cluster of its own needs, and one on a cluster that is there. */
export const requirements = {
  ownCluster: [DOCKER, KIND, PULUMI],
  givenCluster: [PULUMI],
} as const;

/** @returns a sentence for each program that is missing, too old or does not work */
export async function missing(shell: Shell, needed: readonly Requirement[]): Promise<string[]> {
  const answers = await Promise.all(
    needed.map(async (requirement) => problemOf(requirement, await shell.read(requirement.ask))),
  );
  return answers.filter((problem) => problem !== undefined);
}

function problemOf(
  { program, least, source, notWorking }: Requirement,
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
): string | undefined {
  if (code === 127) return `${program} must be installed; got no such program. Fix: ${source}`;
  if (code !== 0) {
    const [why = ""] = stderr.trim().split("\n").slice(-1);
    return `${program} must work; got ${why || `exit code ${code}`}. Fix: ${notWorking}`;
  }
  if (!least) return undefined;
  const [, version = "no version", major, minor] = /((\d+)\.(\d+)\S*)/.exec(stdout) ?? [];
  const isEnough =
    Number(major) > least[0] || (Number(major) === least[0] && Number(minor) >= least[1]);
  if (isEnough) return undefined;
  return `${program} must be ${least.join(".")} or newer; got ${version}. Fix: ${source}`;
}
