import { setTimeout } from "node:timers/promises";
import type { CoreV1Api, V1PersistentVolumeClaim } from "@kubernetes/client-node";

/** A kubeconfig's text, JSON or YAML; or a context of the files that kubectl reads. */
export type CallerAccess = { readonly kubeconfig: string } | { readonly context: string };

/** The size that some claims of a namespace must have. */
export interface WantedSize {
  readonly isOne: (claimName: string) => boolean;
  /** Claims that are as large or larger are left alone. */
  readonly gibibytes: number;
}

export interface GrowOptions {
  /** Told every 15 s which claims are not ready. */
  readonly progress: (text: string) => unknown;
  /** Longest time to wait for the volumes. @default 600 */
  readonly timeoutSeconds?: number;
  /** @default 5 */
  readonly pollSeconds?: number;
}

const PROGRESS_MILLISECONDS = 15_000;
const GIBIBYTE = 2 ** 30;

/**
 * Lets claims grow and waits until their volumes have. Claims that do not exist are not made.
 * @throws Error where the API server does not answer or refuses, and after the timeout
 */
export async function growClaims(
  access: CallerAccess,
  namespace: string,
  wanted: readonly WantedSize[],
  { progress, timeoutSeconds = 600, pollSeconds = 5 }: GrowOptions,
): Promise<void> {
  const claims = await Claims.connect(access, namespace);
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (const { name, gibibytes } of smaller(await claims.list(), wanted, requested)) {
    await claims.request(name, gibibytes);
  }
  let told = Date.now();
  for (;;) {
    const waiting = smaller(await claims.list(), wanted, available);
    if (waiting.length === 0) return;
    const names = waiting.map(({ name }) => name).join(", ");
    if (Date.now() >= deadline) throw new Error(tooLate(waiting, namespace, timeoutSeconds));
    if (Date.now() - told >= PROGRESS_MILLISECONDS) {
      told = Date.now();
      await progress(`Waiting until ${names} have grown.`);
    }
    await setTimeout(pollSeconds * 1000);
  }
}

interface SmallClaim {
  readonly name: string;
  readonly gibibytes: number;
}

function smaller(
  claims: readonly V1PersistentVolumeClaim[],
  wanted: readonly WantedSize[],
  size: (claim: V1PersistentVolumeClaim) => number,
): readonly SmallClaim[] {
  return wanted.flatMap(({ isOne, gibibytes }) =>
    claims
      .filter((claim) => isOne(nameOf(claim)) && size(claim) < gibibytes * GIBIBYTE)
      .map((claim) => ({ name: nameOf(claim), gibibytes })),
  );
}

const nameOf = ({ metadata }: V1PersistentVolumeClaim): string => metadata?.name ?? "";

/** Bytes that a claim asks for. */
const requested = ({ spec }: V1PersistentVolumeClaim): number =>
  bytes(spec?.resources?.requests?.storage);

/**
 * Bytes that a claim has. One without a volume gets its full size with its first pod. A file system on
 * a volume that no pod uses grows when one does (Kubernetes, "Resizing an in-use PersistentVolumeClaim").
 */
function available(claim: V1PersistentVolumeClaim): number {
  const { status } = claim;
  const waitsForPod = status?.conditions?.some(
    (condition) => condition.type === "FileSystemResizePending" && condition.status === "True",
  );
  if (status?.phase !== "Bound" || waitsForPod) return requested(claim);
  return bytes(status.capacity?.storage);
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: GIBIBYTE,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

function bytes(quantity = "0"): number {
  const [, amount = "", unit = ""] = /^([\d.]+)(\w*)$/.exec(quantity) ?? [];
  const scale = UNITS[unit];
  if (amount !== "" && scale !== undefined) return Number(amount) * scale;
  throw new Error(`a claim's size must be a quantity such as 50Gi; got ${quantity}`);
}

function tooLate(
  waiting: readonly SmallClaim[],
  namespace: string,
  timeoutSeconds: number,
): string {
  const names = waiting.map(({ name }) => name).join(" ");
  const sizes = waiting.map(({ name, gibibytes }) => `${name} ${gibibytes} GiB`).join(", ");
  return (
    `volumes must have grown within ${timeoutSeconds} s (${sizes}); got smaller ones. ` +
    `Fix: kubectl describe pvc -n ${namespace} ${names} says why; then pulumi up goes on waiting`
  );
}

/** The claims of one namespace. */
class Claims {
  private constructor(
    private readonly api: CoreV1Api,
    private readonly server: string,
    private readonly namespace: string,
    private readonly asMergePatch: Parameters<CoreV1Api["patchNamespacedPersistentVolumeClaim"]>[1],
  ) {}

  static async connect(access: CallerAccess, namespace: string): Promise<Claims> {
    // Half a second to load, and needed by few runs.
    const { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } =
      await import("@kubernetes/client-node");
    const config = new KubeConfig();
    if ("context" in access) {
      config.loadFromDefault();
      config.setCurrentContext(access.context);
    } else {
      config.loadFromString(access.kubeconfig);
    }
    const asMergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    const server = config.getCurrentCluster()?.server ?? "a kubeconfig without a cluster";
    return new Claims(config.makeApiClient(CoreV1Api), server, namespace, asMergePatch);
  }

  async list(): Promise<readonly V1PersistentVolumeClaim[]> {
    const { namespace } = this;
    try {
      return (await this.api.listNamespacedPersistentVolumeClaim({ namespace })).items;
    } catch (error) {
      throw this.told(error, `the API server must list the claims of ${namespace}`);
    }
  }

  async request(name: string, gibibytes: number): Promise<void> {
    const { namespace } = this;
    const body = { spec: { resources: { requests: { storage: `${gibibytes}Gi` } } } };
    try {
      await this.api.patchNamespacedPersistentVolumeClaim(
        { name, namespace, body },
        this.asMergePatch,
      );
    } catch (error) {
      throw this.told(error, `${name} must be allowed to grow to ${gibibytes} GiB`);
    }
  }

  /** @param must of the sentence "... must ...; got ..." */
  private told(error: unknown, must: string): Error {
    const { code, body, message } = error as { code?: unknown; body?: unknown; message?: string };
    const refused = typeof code === "number" ? `${code} ${reason(body)}` : undefined;
    const got = refused ?? `no answer from ${this.server} (${message ?? String(error)})`;
    return new Error(
      `${must}; got ${got}. Fix: kubectl describe pvc -n ${this.namespace}, then pulumi up again`,
    );
  }
}

/** `message` of a Kubernetes Status. */
function reason(body: unknown): string {
  const text = String(body);
  try {
    const status = JSON.parse(text) as { message?: unknown };
    return typeof status.message === "string" ? status.message : text;
  } catch {
    return text;
  }
}
