import type { Registry } from "@prometheus-io/client";
import type { RequestHandler } from "express";
import type { Logger } from "pino";

/** What the service is about, as the skeleton takes it up: `src/domain/domain.ts` makes one. */
export interface Domain {
  /** Declared on the app in this order. */
  readonly routes: readonly Route[];
  /**
   * Resolves when what the service depends on answers. Asked at the start until it does; from then
   * on a failure is an answer of 503, and no reason to leave the load balancer.
   * @default nothing to wait for
   */
  readonly check?: () => Promise<void>;
  /** Begins the work in the background; called once the server listens. */
  readonly start?: () => void;
  /** Ends the work in the background; called when no request is left. */
  readonly stop?: () => void;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As Express takes it, and as the `route` label shows it: `/api/tasks/:taskId`. */
  readonly path: string;
  /** The status codes it answers with; the first is its success. At most 12. */
  readonly codes: readonly [success: number, ...others: number[]];
  readonly handlers: readonly [first: RequestHandler, ...others: RequestHandler[]];
  /**
   * Whether its series exist, at 0, before its first request, so that `rate()` sees the first
   * failure. What no objective is about can do without: it saves 48 series.
   * @default true
   */
  readonly fromStart?: boolean;
}

export interface DomainArgs {
  readonly environment: NodeJS.ProcessEnv;
  /** Where the domain's own metrics go. */
  readonly registry: Registry;
  readonly log: Logger;
  /** The version in package.json. */
  readonly version: string;
}

/** @throws Error that names the environment variables at fault */
export type CreateDomain = (args: DomainArgs) => Domain | Promise<Domain>;
