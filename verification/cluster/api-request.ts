import type { IncomingMessage } from "node:http";

/** A request to the API server, as its path and body tell. */
export interface ApiRequest {
  readonly method: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, such as "deployments"; empty where the path names no resource (`/healthz`). */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  /** Of a create it is the name in the body. */
  readonly name?: string;
  /** Changes something: no read, and no dry run. */
  readonly isWrite: boolean;
}

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
/** Written to by every client that only asks what it may do. */
const REVIEWS = "reviews";

export function readRequest(
  { method = "GET", url = "/" }: IncomingMessage,
  body: Buffer,
): ApiRequest {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const [root, ...rest] = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const [group = "", version = "", ...path] =
    root === "apis" ? rest : root === "api" ? ["", ...rest] : [];
  const inNamespace = path[0] === "namespaces" && path.length > 2 && !isSubresource(path[2]);
  const [resource = "", name, subresource] = inNamespace ? path.slice(2) : path;
  const named = name ?? (method === "POST" ? nameIn(body) : undefined);
  return {
    method,
    group,
    version,
    resource,
    ...(subresource !== undefined && { subresource }),
    ...(inNamespace && path[1] !== undefined && { namespace: path[1] }),
    ...(named !== undefined && { name: named }),
    isWrite: WRITES.includes(method) && !searchParams.has("dryRun") && !resource.endsWith(REVIEWS),
  };
}

/** `/namespaces/prod/finalize` is the namespace's own, `/namespaces/prod/pods` is not. */
const isSubresource = (part: string | undefined): boolean =>
  part === "finalize" || part === "status";

/** Kubernetes' own controllers write in another format than JSON; then there is no name. */
function nameIn(body: Buffer): string | undefined {
  try {
    const object = JSON.parse(body.toString()) as { metadata?: { name?: string } };
    return object.metadata?.name;
  } catch {
    return undefined;
  }
}
