import http from "node:http";
import https from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";

/** An answer of the API server that is no success. */
class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Unused connections are closed long before the API server does that, after 90 s. */
const IDLE_MILLISECONDS = 30_000;

/** "storage is (re)initializing" comes with it too, just after a CRD was created. */
const TOO_MANY_REQUESTS = 429;
const AGAIN_MILLISECONDS = 250;

export interface ApiCall {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: object;
  /** @default application/json */
  readonly contentType?: string;
}

interface ResourceList {
  readonly resources: readonly Resource[];
}

/** A kind as the API server serves it. */
interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/**
 * Requests to an API server, in JSON as it is: the typed objects of client-node lose what they do not
 * know, such as the fields of a CRD's schema whose names have a dash.
 */
export class ApiClient {
  private readonly resources = new Map<string, readonly Resource[]>();
  private options: Promise<https.RequestOptions> | undefined;

  /** @param seconds that one answer may take */
  constructor(
    readonly config: KubeConfig,
    private readonly seconds: number,
  ) {}

  /** Address of the API server, without a slash at its end. */
  get server(): string {
    return (this.config.getCurrentCluster()?.server ?? "").replace(/\/$/, "");
  }

  /** Certificates, headers and connections of a request to it. */
  requestOptions(): Promise<https.RequestOptions> {
    return (this.options ??= optionsFor(this.config, this.server));
  }

  /**
   * An API server that is too busy, or is getting ready for a new kind, is asked again.
   * @throws ApiError with the API server's own message; Error where it does not answer in time
   */
  async call<T>(path: string, call: ApiCall = {}): Promise<T> {
    const deadline = Date.now() + this.seconds * 1000;
    for (;;) {
      try {
        return await this.callOnce<T>(path, call);
      } catch (error) {
        const isLater = error instanceof ApiError && error.status === TOO_MANY_REQUESTS;
        if (!isLater || Date.now() > deadline) throw error;
        await delay(AGAIN_MILLISECONDS);
      }
    }
  }

  private async callOnce<T>(
    path: string,
    { method = "GET", body, contentType }: ApiCall,
  ): Promise<T> {
    const { headers, ...options } = await this.requestOptions();
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const late = AbortSignal.timeout(this.seconds * 1000);
    const { status, text } = await send(`${this.server}${path}`, sent, {
      ...options,
      method,
      headers: {
        ...(headers as http.OutgoingHttpHeaders),
        accept: "application/json",
        ...(sent !== undefined && {
          "content-type": contentType ?? "application/json",
          // Node sends the body of a DELETE without it, and the next request is taken for its rest.
          "content-length": Buffer.byteLength(sent),
        }),
      },
      signal: late,
    }).catch((error: unknown) => {
      throw late.aborted
        ? new Error(`${method} ${path}: no answer within ${this.seconds} s`)
        : error;
    });
    if (status >= 200 && status < 300) return JSON.parse(text) as T;
    throw new ApiError(status, `${method} ${path}: ${String(status)} ${messageIn(text)}`);
  }

  /**
   * The path of one object, or of all of a kind where no name is given.
   * @returns undefined where the cluster has no such kind
   */
  async path(
    apiVersion: string,
    kind: string,
    { namespace, name }: { readonly namespace?: string; readonly name?: string } = {},
  ): Promise<string | undefined> {
    const group = `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion}`;
    const resource = await this.resource(group, kind);
    if (!resource) return undefined;
    const inNamespace = resource.namespaced && namespace !== undefined;
    return [
      group,
      ...(inNamespace ? ["namespaces", namespace] : []),
      resource.name,
      ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ].join("/");
  }

  /** After kinds have gone: those that are known are not asked for again. */
  forgetKinds(): void {
    this.resources.clear();
  }

  /** A kind that is not known yet may have come since. */
  private async resource(group: string, kind: string): Promise<Resource | undefined> {
    const find = (): Resource | undefined =>
      this.resources
        .get(group)
        ?.find((resource) => resource.kind === kind && !resource.name.includes("/"));
    const known = find();
    if (known) return known;
    const list = await orAbsent(this.call<ResourceList>(group));
    this.resources.set(group, list?.resources ?? []);
    return find();
  }
}

/** client-node makes an agent for each request, that is a TLS handshake; here connections are kept. */
async function optionsFor(config: KubeConfig, server: string): Promise<https.RequestOptions> {
  const options: https.RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const { Agent } = server.startsWith("https:") ? https : http;
  return { ...options, agent: new Agent({ keepAlive: true, timeout: IDLE_MILLISECONDS }) };
}

/** The answer, or undefined where there is no such object. */
export async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function send(
  url: string,
  body: string | undefined,
  options: https.RequestOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  const { request } = url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      response.toArray().then((chunks) => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      }, reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Of the API server's Status, or the text that it is. */
function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
