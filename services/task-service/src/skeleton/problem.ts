import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler, Response } from "express";
import type { z } from "zod";

/** One invalid field: where it was, and a sentence with the value got and what is allowed. */
export interface InvalidField {
  readonly field: string;
  readonly message: string;
}

/** An error that a client is told about as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name: string = "Problem";
  readonly invalidFields: readonly InvalidField[] | undefined;

  /** The client is told `detail` and `invalidFields`; `cause` is for the log alone. */
  constructor(
    readonly status: number,
    readonly detail: string,
    { invalidFields, ...options }: ErrorOptions & { invalidFields?: readonly InvalidField[] } = {},
  ) {
    super(detail, options);
    this.invalidFields = invalidFields;
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
    { invalidFields },
  );
}

export function sendProblem(response: Response, problem: Problem): void {
  const { status, detail, invalidFields } = problem;
  if (status === 503) response.set("Retry-After", "1");
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

/** Where the last handler leaves the error of a request that failed, for its line in the log. */
export const failure = Symbol("failure");

/** The last handler of the app: whatever was thrown becomes a problem. */
export const problemHandler: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const problem = asProblem(error);
  if (problem.status >= 500) Object.assign(response, { [failure]: error });
  // It failed after its answer, for instance because that had come from the deadline.
  if (response.writableEnded) return;
  // Express breaks the answer off, so that the client cannot take it for whole.
  if (response.headersSent) next(error);
  else sendProblem(response, problem);
};

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
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
    return new Problem(400, `The body is not valid JSON: ${cut(error.message)}`);
  }
  return new Problem(error.status, cut(error.message));
}

/** The value got, in so few words that an answer cannot grow with the request, nor nest with it. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return cut(JSON.stringify(value));
}

/** A text that a client chose, cut so that an answer cannot grow with the request. */
export function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
