/** Pods of the service while an incident is played, and the node and zone of each. */
export const PODS = ["a", "c", "d", "a", "c"] as const;
export const NODES = ["a", "c", "d"] as const;
export const POD_NUMBERS = [0, 1, 2, 3, 4] as const;

/** What is not as on a good day, at one moment. What is absent is as always. */
export interface Conditions {
  /** How many times the ordinary traffic comes. @default 1 */
  readonly traffic?: number;
  /** Share of the requests that end in a 5xx. @default what always fails */
  readonly failing?: number;
  /** Share of the other requests that take longer than 0.25 s. @default what is always slow */
  readonly slow?: number;
  /** The one pod whose requests fail and are slow. @default all pods' */
  readonly onlyPod?: number;
  /** Pods that cannot be scraped. @default none */
  readonly unscraped?: readonly number[];
  /** Memory of pod 0 in MiB. @default 120 */
  readonly memory?: number;
  /** Restarts of pod 0 so far. @default 0 */
  readonly restarts?: number;
  /** Share of the 100 ms slices in which the event loops were busy for more than 95 ms. @default 0 */
  readonly busy?: number;
  /** Pods that the autoscaler wants and has. @default 5 of at most 15 */
  readonly replicas?: number;
  /** Tasks that are overdue. @default 0 */
  readonly overdue?: number;
  /** Whether tasks are marked as done. @default true */
  readonly done?: boolean;
  /** Whether kube-state-metrics, the exporter of Kubernetes' objects, answers. @default true */
  readonly objects?: boolean;
  /** Nodes that are not ready. @default none */
  readonly notReady?: readonly (typeof NODES)[number][];
}

/** Conditions of an ordinary day. */
export const NOTHING_WRONG: Conditions = {};
