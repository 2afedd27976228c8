import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler, Response } from "express";
import type { z } from "zod";
import { StoreFullError, StoreUnavailableError } from "../domain/task-store.js";

/** One invalid field: where it was, and a sentence with the value got and what is allowed. */
export interface InvalidField {
  readonly field: string;
  readonly message: string;
}

/** An error that a client is told about as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly detail: string,
    readonly invalidFields?: readonly InvalidField[],
  ) {
    super(detail);
  }
}

/** Parses what a client sent, or throws the 400 that names every field at fault. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const invalidFields = result.error.issues.map((issue) => ({
    field: issue.path.join("."),
    message: `${issue.message}; got ${shown(issue.input)}`,
  }));
  throw new Problem(
    400,
    invalidFields.map(({ field, message }) => `${field} ${message}`.trim()).join(". "),
    invalidFields,
  );
}

export function sendProblem(response: Response, problem: Problem): void {
  const { status, detail, invalidFields } = problem;
  response
    .status(status)
    .type("application/problem+json")
    .send(
      JSON.stringify({
        type: "about:blank",
        title: STATUS_CODES[status] ?? "Error",
        status,
        detail,
        ...(invalidFields && { errors: invalidFields }),
      }),
    );
}

/** The last handler of the app: whatever was thrown becomes a problem; its cause is logged. */
export const problemHandler: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const problem = asProblem(error);
  if (problem.status >= 500) request.log.error({ err: error }, "request failed");
  if (problem.status === 503) response.set("Retry-After", "1");
  sendProblem(response, problem);
};

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreFullError) return new Problem(507, error.message);
  if (error instanceof StoreUnavailableError) {
    return new Problem(503, "The task store does not answer; try again later.");
  }
  return requestProblem(error) ?? new Problem(500, "The service failed; the reason is in its log.");
}

/** What Express and its body parser throw at a bad request carries a status and a type. */
function requestProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") {
    return undefined;
  }
  if (error.status < 400 || error.status >= 500) return undefined;
  const type = "type" in error ? error.type : undefined;
  if (type === "entity.too.large" && "limit" in error) {
    return new Problem(413, `The body is larger than the ${String(error.limit)} bytes allowed.`);
  }
  if (type === "entity.parse.failed") {
    return new Problem(400, `The body is not valid JSON: ${error.message}`);
  }
  return new Problem(error.status, error.message);
}

/** The value got, as JSON, cut so that an answer cannot grow with the request. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
