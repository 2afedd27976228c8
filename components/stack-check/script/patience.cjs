// @ts-check
"use strict";

/** Not so yet: it is looked at again until there is no time left. */
class NotYet extends Error {
  /**
   * @param {string} what one clause, such as "Prometheus is not available"
   * @param {string} why one clause
   * @param {string} fix a command, or what to do
   */
  constructor(what, why, fix) {
    super(`${what}: ${why}. Fix: ${fix}`);
    this.what = what;
    this.why = why;
    this.fix = fix;
  }
}

/** Not so, and waiting does not change it. */
class Refused extends Error {
  /**
   * @param {string} what one clause
   * @param {string} why one clause
   * @param {string} fix a command, or what to do
   */
  constructor(what, why, fix) {
    super(`${what}: ${why}. Fix: ${fix}`);
  }
}

/** Longest pause between two looks. */
const MOST_PAUSE_MS = 5_000;
/** Shortest time that a request gets, however late it is. */
const LEAST_REQUEST_MS = 1_000;
const MOST_REQUEST_MS = 10_000;

/** The time that all looks have together. */
class Patience {
  /** @param {number} seconds from now */
  constructor(seconds) {
    this.seconds = seconds;
    this.deadline = Date.now() + 1000 * seconds;
  }

  /**
   * Looks until the look succeeds, is refused, or the time is over.
   * @template T
   * @param {() => Promise<T>} look throws NotYet where it is worth another look
   * @param {(why: string) => void} tell hears why it is not so yet, once for each reason
   * @returns {Promise<T>}
   */
  async until(look, tell = () => undefined) {
    let told = "";
    for (let pause = 500; ; pause = Math.min(2 * pause, MOST_PAUSE_MS)) {
      try {
        return await look();
      } catch (error) {
        if (!(error instanceof NotYet)) throw error;
        const { what, why, fix } = error;
        if (Date.now() + pause > this.deadline) {
          throw new Refused(`${what} after ${this.seconds} s`, why, fix);
        }
        const reason = `${what}: ${why}`;
        if (reason !== told) tell(reason);
        told = reason;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /** For one request: it ends with the time that is left. */
  signal() {
    const left = Math.min(this.deadline - Date.now(), MOST_REQUEST_MS);
    return AbortSignal.timeout(Math.max(left, LEAST_REQUEST_MS));
  }
}

/**
 * Why a request got no answer, in the system's words.
 * @param {unknown} error what fetch has thrown
 * @returns {{ code: string, why: string }}
 */
function noAnswer(error) {
  const { name, message, cause } = /** @type {Error & { cause?: NodeJS.ErrnoException }} */ (error);
  if (name === "TimeoutError") return { code: "ETIMEDOUT", why: "no answer in time" };
  const code = cause?.code ?? "";
  return { code, why: cause?.message || code || message };
}

module.exports = { NotYet, Refused, Patience, noAnswer };
