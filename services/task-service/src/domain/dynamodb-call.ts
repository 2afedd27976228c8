import { DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { StoreUnavailableError } from "./task-store.js";

/** What every call of the client is given. */
export interface Call {
  readonly abortSignal: AbortSignal;
}

/**
 * What a call of the client answers within the time allowed.
 *
 * @param timeoutMs for the call with all its tries, in milliseconds
 * @throws StoreUnavailableError when the store does not answer, fails, or has no capacity left;
 *   what DynamoDB finds wrong with the call itself is thrown as it is, a failure of this service
 */
export async function answered<T>(timeoutMs: number, ask: (call: Call) => Promise<T>): Promise<T> {
  const abortSignal = AbortSignal.timeout(timeoutMs);
  // Credentials may take longer than the call, and the client's signal does not end that.
  const tooLate = new Promise<never>((_resolve, reject) => {
    abortSignal.addEventListener("abort", () => {
      reject(new Error(`no answer within ${timeoutMs.toString()} ms`));
    });
  });
  try {
    return await Promise.race([ask({ abortSignal }), tooLate]);
  } catch (error) {
    if (isOurFault(error)) throw error;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new StoreUnavailableError(`DynamoDB refused or did not answer: ${reason}`, {
      cause: error,
    });
  }
}

/** A condition that an item has one of the versions; nothing where any will do. */
export function versionCondition(versions: readonly number[] | undefined) {
  if (versions === undefined) return { all: [], values: {} };
  const values = Object.fromEntries(versions.map((version, index) => [nameOf(index), version]));
  const any = versions.map((_version, index) => `version = ${nameOf(index)}`);
  // An item without a version was written by something else, and counts as version 0.
  if (versions.includes(0)) any.push("attribute_not_exists(version)");
  return { all: [`(${any.join(" OR ")})`], values };
}

function nameOf(index: number): string {
  return `:version${index.toString()}`;
}

/** Whether an earlier try of the same call may have been carried out, and its answer lost. */
export function wasRetried(error: DynamoDBServiceException): boolean {
  return (error.$metadata.attempts ?? 1) > 1;
}

/** Whether DynamoDB understood the call and refuses it for good: a wrong name, a missing right. */
function isOurFault(error: unknown): boolean {
  if (!(error instanceof DynamoDBServiceException) || error.$fault !== "client") return false;
  return !/Throttl|LimitExceeded|ThroughputExceeded|InternalServer/.test(error.name);
}
