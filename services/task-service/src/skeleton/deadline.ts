import type { RequestHandler } from "express";
import { failure, Problem, sendProblem } from "./problem.js";

/**
 * Answers a request with 503 when its handler has not answered it in time, so that a dependency
 * that hangs cannot hold clients and memory without end. An answer that has begun is broken off.
 * What the handler says later goes nowhere; it must be async, so that Express catches what the
 * response then throws.
 *
 * @param ms counted from this middleware, in milliseconds
 */
export function deadline(ms: number): RequestHandler {
  return (_request, response, next) => {
    const timer = setTimeout(() => {
      const problem = new Problem(503, `No answer within ${ms.toString()} ms; try again later.`);
      Object.assign(response, { [failure]: problem });
      if (response.headersSent) response.destroy();
      else sendProblem(response, problem);
    }, ms);
    response.once("close", () => {
      clearTimeout(timer);
    });
    next();
  };
}
