import type { RequestHandler, Response } from "express";
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
  const expire = (response: TimedResponse): void => {
    const problem = new Problem(503, `No answer within ${ms.toString()} ms; try again later.`);
    Object.assign(response, { [failure]: problem });
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
  };
  return (_request, response, next) => {
    (response as TimedResponse)[timer] = setTimeout(expire, ms, response);
    response.on("close", stopTimer);
    next();
  };
}

/** One listener for all requests, which finds its request in `this`: no closure for each. */
function stopTimer(this: TimedResponse): void {
  clearTimeout(this[timer]);
}

const timer = Symbol("timer");

type TimedResponse = Response & { [timer]?: NodeJS.Timeout };
