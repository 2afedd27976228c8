import type { FaultRule } from "../cluster/api-proxy";
import type { ApiRequest } from "../cluster/api-request";
import { hashOf } from "../../simulation/resource";
import type { FaultSource } from "./cloud-errors";
import type { Engine, Outcome } from "./engine";
import { differenceAtLast, type Result } from "./result";

/** One fault that was injected, and what came of it. */
export interface FaultResult {
  readonly fault: string;
  readonly urn: string;
  readonly recoveredBy: string | undefined;
  readonly leftOver: readonly string[];
}

type Way = "nothing made" | "not ready";

interface Injected {
  readonly fault: string;
  readonly urn: string;
}

/**
 * Fails the first call of each resource in AWS, and the first write of each object on Kubernetes, which
 * Helm's are among.
 */
class EveryFirstCallFails implements FaultSource {
  readonly injected: Injected[] = [];
  private readonly seen = new Set<string>();

  /** @param ways in which a create fails: by turns, where there are two */
  constructor(
    private readonly operation: "create" | "delete",
    private readonly ways: readonly Way[],
  ) {}

  take(operation: "create" | "delete", urn: string): Way | undefined {
    if (operation !== this.operation || !this.isFirst(urn)) return undefined;
    const way = this.wayOf(urn);
    this.injected.push({ fault: this.operation === "delete" ? "delete" : `create: ${way}`, urn });
    return way;
  }

  readonly onKubernetes: FaultRule = (request) => {
    if (!this.isOwn(request)) return undefined;
    const name = objectName(request);
    if (!this.isFirst(name)) return undefined;
    const fault = this.wayOf(name) === "nothing made" ? "refuse" : "cut";
    const did = fault === "refuse" ? "refused" : "cut after the write";
    this.injected.push({ fault: `${this.operation}: ${did}`, urn: name });
    return fault;
  };

  /** Writes of one object, and not of a part of it. Helm's own record has a name for each revision. */
  private isOwn({ isWrite, method, subresource, name }: ApiRequest): boolean {
    const isDelete = method === "DELETE";
    return (
      isWrite &&
      subresource === undefined &&
      name !== undefined &&
      isDelete === (this.operation === "delete")
    );
  }

  private isFirst(name: string): boolean {
    if (this.seen.has(name)) return false;
    this.seen.add(name);
    return true;
  }

  private wayOf(name: string): Way {
    const [first = "nothing made"] = this.ways;
    const index = Number.parseInt(hashOf(name).slice(0, 8), 16) % this.ways.length;
    return this.ways[index] ?? first;
  }
}

const objectName = ({ resource, namespace, name = "" }: ApiRequest): string =>
  `${resource} ${[namespace, name].filter((part) => part !== undefined).join("/")}`;

const MOST_LAYERS = 100;
/** Parallel deletes: more than any wave has, so that all of a wave is begun before the first fails. */
const WIDE = 100;

/**
 * Every first create fails; what depends on it waits for the next `up`, so the stack comes up layer by
 * layer.
 */
export async function everyCreateFails(
  engine: Engine,
  ways: readonly Way[],
  wanted: Result,
  onProgress: (text: string) => void,
): Promise<FaultResult[]> {
  const faults = new EveryFirstCallFails("create", ways);
  const last = await layers(
    engine,
    faults,
    () => engine.up({ continueOnError: true }),
    (count, failed) => {
      onProgress(`up ${count}: ${failed} creates failed`);
    },
  );
  const left = last.ok
    ? await differenceAtLast(engine, wanted)
    : [`up does not end well: ${last.console.slice(-500)}`];
  return faults.injected.map((one) => result(one, "up", left));
}

/** Every first delete fails; `destroy` again and again until it is done. */
export async function everyDeleteFails(
  engine: Engine,
  onProgress: (text: string) => void,
): Promise<FaultResult[]> {
  const faults = new EveryFirstCallFails("delete", ["nothing made"]);
  const last = await layers(
    engine,
    faults,
    () => engine.destroy({ parallel: WIDE }),
    (count, failed) => {
      onProgress(`destroy ${count}: ${failed} deletes failed`);
    },
  );
  const left = last.ok
    ? engine.account.inventory()
    : [`destroy does not end well: ${last.console.slice(-500)}`];
  return faults.injected.map((one) => result(one, "destroy", left));
}

/** Runs an operation until it ends well. @throws Error where it fails of itself */
async function layers(
  engine: Engine,
  faults: EveryFirstCallFails,
  run: () => Promise<Outcome>,
  onLayer: (count: number, failed: number) => void,
): Promise<Outcome> {
  engine.account.faults = faults;
  engine.cluster.proxy.faults = faults.onKubernetes;
  try {
    for (let count = 1; ; count++) {
      const before = faults.injected.length;
      const last = await run();
      const failed = faults.injected.length - before;
      onLayer(count, failed);
      if (last.ok || count === MOST_LAYERS) return last;
      if (failed === 0) throw new Error(`it failed of itself: ${last.console.slice(-2000)}`);
    }
  } finally {
    engine.account.faults = { take: () => undefined };
    engine.cluster.proxy.faults = () => undefined;
  }
}

/** A fault counts as recovered when nothing is left over. */
const result = (injected: Injected, by: string, leftOver: readonly string[]): FaultResult => ({
  ...injected,
  recoveredBy: leftOver.length === 0 ? by : undefined,
  leftOver,
});
