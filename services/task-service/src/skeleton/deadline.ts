import type { Response } from "express";
import { failure, Problem, sendProblem } from "./problem.js";

/**
 * Answers a request with 503 when its handler has not answered it in time, so that a dependency
 * that hangs cannot hold clients and memory without end. An answer that has begun is broken off.
 * What the handler says later goes nowhere; it must be async, so that Express catches what the
 * response then throws.
 *
 * All requests share one timer, since a timer for each is a good part of what a request costs.
 *
 * @param ms counted from the call of the function returned, in milliseconds
 * @returns to be called with the response of each request, before its handler
 */
export function deadline(ms: number): (response: Response) => void {
  /** When each unfinished answer is due: in the order of the calls, so the first is due first. */
  const due = new Map<Response, number>();
  let timerRuns = false;

  /** One listener for all requests, which finds its request in `this`: no closure for each. */
  function forget(this: Response): void {
    due.delete(this);
  }

  function startTimer(delayMs: number): void {
    timerRuns = true;
    // A process that has nothing else to do need not wait for it.
    setTimeout(expireDue, Math.ceil(delayMs)).unref();
  }

  function expireDue(): void {
    timerRuns = false;
    const now = performance.now();
    for (const [response, at] of due) {
      if (at > now) {
        startTimer(at - now);
        return;
      }
      due.delete(response);
      expire(response, ms);
    }
  }

  return (response) => {
    due.set(response, performance.now() + ms);
    response.on("close", forget);
    if (!timerRuns) startTimer(ms);
  };
}

function expire(response: Response, ms: number): void {
  const problem = new Problem(503, `No answer within ${ms.toString()} ms; try again later.`);
  Object.assign(response, { [failure]: problem });
  if (response.headersSent) response.destroy();
  else sendProblem(response, problem);
}
