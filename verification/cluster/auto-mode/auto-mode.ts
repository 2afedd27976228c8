import { setTimeout as delay } from "node:timers/promises";
import type { Kubernetes } from "../kubernetes";
import type { ControllerAccount } from "./controller-account";
import { installCrd } from "./crd";
import { INGRESS_CLASS_PARAMS } from "./ingress-class-params";
import { LoadBalancers } from "./load-balancers";
import { NODE_CLASS, NODE_POOL } from "./node-pools";
import { Nodes } from "./nodes";
import { Volumes } from "./volumes";

export interface AutoModeOptions {
  readonly kubernetes: Kubernetes;
  readonly account: ControllerAccount;
  /** Such as "eu-west-1": it is in addresses. */
  readonly region: string;
  /**
   * Seconds until a volume that was released is deleted.
   * @default undefined: not before `deleteReleased`
   */
  readonly releaseSeconds?: number;
  /** Told of failures that are no absence of the API server. @default nobody is */
  readonly onError?: (error: unknown) => void;
}

/** What a program may make of Auto Mode's; nobody makes nodes by them here, as kwok plays those. */
const KINDS = [INGRESS_CLASS_PARAMS, NODE_CLASS, NODE_POOL];

const PAUSE_MILLISECONDS = 250;

/**
 * What EKS Auto Mode does in a cluster, as far as the stack needs it: its CRDs, load balancers for the Ingresses of its class, nodes of the pool's architecture, EBS volumes for the claims of its provisioner. It looks at
 * the objects four times a second, so that an API server that is away for a time costs nothing.
 */
export class AutoMode {
  private readonly stopped = new AbortController();
  private readonly ended: Promise<void>;
  private readonly loadBalancers: LoadBalancers;
  private readonly nodes: Nodes;
  private readonly volumes: Volumes;

  private constructor(private readonly options: AutoModeOptions) {
    const { kubernetes, account, region, releaseSeconds } = options;
    this.loadBalancers = new LoadBalancers(kubernetes, account, region);
    this.nodes = new Nodes(kubernetes);
    this.volumes = new Volumes(kubernetes, account, releaseSeconds);
    this.ended = this.run();
  }

  /** Starts once the CRDs are served. */
  static async start(options: AutoModeOptions): Promise<AutoMode> {
    for (const kind of KINDS) await installCrd(options.kubernetes, kind);
    return new AutoMode(options);
  }

  /** Deletes all released volumes at once, without their wait. */
  deleteReleased(): Promise<void> {
    return this.volumes.deleteReleased(0);
  }

  /** What it made stays. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.ended;
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      for (const controller of [this.loadBalancers, this.nodes, this.volumes]) {
        try {
          await controller.reconcile();
        } catch (error) {
          // Also a conflict with another writer: the next look is at the newer object.
          this.options.onError?.(error);
        }
      }
      await delay(PAUSE_MILLISECONDS);
    }
  }
}
