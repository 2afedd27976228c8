import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { KubeConfig, Watch } from "@kubernetes/client-node";
import { ApiClient, orAbsent } from "./api-client";

/** What is needed to name an object. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Any object of the API; fields beside these are read with a type of the reader's own. */
export interface KubernetesObject extends ObjectReference {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    /** Set once somebody has asked for its end. */
    readonly deletionTimestamp?: string;
  };
}

interface KubernetesList<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

export type WatchListener<T> = (change: "ADDED" | "MODIFIED" | "DELETED", object: T) => void;

/** Seconds that the API server may take for one answer. */
const ANSWER_SECONDS = 15;
/** Pause before a watch that was cut is opened again. */
const RESUME_MILLISECONDS = 250;

/** A cluster's API, for objects of any kind. Every call ends: an answer takes 15 s at most. */
export class Kubernetes {
  private constructor(
    /** For requests of another kind. */
    readonly client: ApiClient,
    /** The kubeconfig, as text. */
    readonly kubeconfig: string,
  ) {}

  /**
   * @param kubeconfig its text, or the path of its file
   * @param seconds that the API server may take for one answer
   * @throws Error where it is no kubeconfig, or its current context is not there
   */
  static open(kubeconfig: string, seconds = ANSWER_SECONDS): Kubernetes {
    const text = existsSync(kubeconfig) ? readFileSync(kubeconfig, "utf8") : kubeconfig;
    const config = new KubeConfig();
    config.loadFromString(text);
    if (!config.getCurrentCluster()) throw new Error("its current-context names no cluster");
    return new Kubernetes(new ApiClient(config, seconds), text);
  }

  /** Such as "v1.35.4". */
  async version(): Promise<string> {
    return (await this.client.call<{ gitVersion: string }>("/version")).gitVersion;
  }

  /** @param namespace all where it is left out. @returns none where the cluster has no such kind */
  async list<T extends KubernetesObject>(
    apiVersion: string,
    kind: string,
    namespace?: string,
  ): Promise<readonly T[]> {
    const path = await this.client.path(
      apiVersion,
      kind,
      namespace === undefined ? {} : { namespace },
    );
    const list = path && (await orAbsent(this.client.call<KubernetesList<T>>(path)));
    // Items of a list carry neither apiVersion nor kind.
    return list ? list.items.map((item) => ({ ...item, apiVersion, kind })) : [];
  }

  async get<T extends KubernetesObject>(
    apiVersion: string,
    kind: string,
    name: string,
    namespace?: string,
  ): Promise<T | undefined> {
    const where = { name, ...(namespace !== undefined && { namespace }) };
    const path = await this.client.path(apiVersion, kind, where);
    return path === undefined ? undefined : orAbsent(this.client.call<T>(path));
  }

  /** Creates it, or makes an existing one the same (server-side apply). */
  async apply(object: ObjectReference): Promise<void> {
    const path = await this.pathOf(object);
    await this.client.call(`${path}?fieldManager=verification&force=true`, {
      method: "PATCH",
      body: object,
      contentType: "application/apply-patch+yaml",
    });
  }

  /** A JSON merge patch: null takes a field away. An object that is not there is no error. */
  async patch(reference: ObjectReference, change: object): Promise<void> {
    await this.merge(await this.pathOf(reference), change);
  }

  /** A JSON merge patch of `status`, which `patch` leaves as it is. */
  async patchStatus(reference: ObjectReference, status: object): Promise<void> {
    await this.merge(`${await this.pathOf(reference)}/status`, { status });
  }

  /**
   * Asks for its end, and in the background for that of its dependents. An object that is not there is
   * no error.
   * @param graceSeconds 0: at once. @default the object's own
   */
  async delete(reference: ObjectReference, graceSeconds?: number): Promise<void> {
    const body = {
      propagationPolicy: "Background",
      ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
    };
    await orAbsent(this.client.call(await this.pathOf(reference), { method: "DELETE", body }));
  }

  /**
   * Tells of all objects of a kind that are there, and of each change from then on. A watch that is cut
   * is taken up where it was; where that is too long ago, all objects are told of again as ADDED.
   * @returns what ends it
   */
  watch<T extends KubernetesObject>(
    apiVersion: string,
    kind: string,
    listener: WatchListener<T>,
  ): { stop(): void } {
    const stopped = new AbortController();
    void this.follow(apiVersion, kind, listener, stopped.signal);
    return {
      stop: () => {
        stopped.abort();
      },
    };
  }

  private async follow<T extends KubernetesObject>(
    apiVersion: string,
    kind: string,
    listener: WatchListener<T>,
    stopped: AbortSignal,
  ): Promise<void> {
    let version: string | undefined;
    const tell: WatchListener<T> = (change, object) => {
      if (!stopped.aborted) listener(change, object);
    };
    while (!stopped.aborted) {
      try {
        const path = await this.client.path(apiVersion, kind);
        if (path !== undefined) {
          version ??= await this.tellAll(path, { apiVersion, kind }, tell);
          version = await this.tellChanges(path, version, tell, stopped);
        }
      } catch {
        // The API server is away.
      }
      await delay(RESUME_MILLISECONDS);
    }
  }

  /** @returns the version of the list */
  private async tellAll<T extends KubernetesObject>(
    path: string,
    type: { readonly apiVersion: string; readonly kind: string },
    tell: WatchListener<T>,
  ): Promise<string> {
    const { items, metadata } = await this.client.call<KubernetesList<T>>(path);
    for (const item of items) tell("ADDED", { ...item, ...type });
    return metadata.resourceVersion;
  }

  /** @returns the version to go on from; undefined where that is too long ago */
  private tellChanges<T extends KubernetesObject>(
    path: string,
    from: string,
    tell: WatchListener<T>,
    stopped: AbortSignal,
  ): Promise<string | undefined> {
    let version: string | undefined = from;
    return new Promise((resolve) => {
      const changed = (change: string, object: T): void => {
        version = change === "ERROR" ? undefined : object.metadata.resourceVersion;
        if (change === "ADDED" || change === "MODIFIED" || change === "DELETED")
          tell(change, object);
      };
      const query = { allowWatchBookmarks: true, resourceVersion: from };
      const request = new Watch(this.client.config).watch(path, query, changed, () => {
        resolve(version);
      });
      const abort = (): void =>
        void request.then((controller) => {
          controller.abort();
        });
      stopped.addEventListener("abort", abort, { once: true });
      if (stopped.aborted) abort();
    });
  }

  private async merge(path: string, change: object): Promise<void> {
    await orAbsent(
      this.client.call(path, {
        method: "PATCH",
        body: change,
        contentType: "application/merge-patch+json",
      }),
    );
  }

  /** @throws Error where the cluster has no such kind */
  private async pathOf({ apiVersion, kind, metadata }: ObjectReference): Promise<string> {
    const path = await this.client.path(apiVersion, kind, metadata);
    if (path !== undefined) return path;
    throw new Error(`the cluster has no ${kind} of ${apiVersion}`);
  }
}
