import type { AccountResource } from "./account-resource";

/** What a provider answers when the cloud refuses. */
export class CloudError extends Error {}

/** The resource exists and is not ready: the provider answers with it and with the reason. */
export class NotReadyError extends CloudError {
  constructor(
    readonly resource: AccountResource,
    reason: string,
  ) {
    super(reason);
  }
}

/** Decides whether a call fails on purpose. */
export interface FaultSource {
  take(operation: "create" | "delete", urn: string): "nothing made" | "not ready" | undefined;
}
