import { type LoadArgs, loadArgsFrom } from "./load-args.js";
import { hangUps } from "./hang-ups.js";
import { taskTraffic } from "./task-traffic.js";

/**
 * Traffic that makes every panel of a task-service dashboard move: successes, 404s, 400s, and 499s
 * by clients that hang up. 5xx and slow answers come from the service itself, started with
 * FAULT_RATE and FAULT_DELAY_MS.
 */
const args = argsOrExit();
console.log(
  `${args.url.origin}: up to ${args.rate.toString()} requests/s for ${args.seconds.toString()} s, ` +
    `at most ${args.maxRequests.toString()}`,
);
const [{ byCode, errors }, hungUp] = await Promise.all([taskTraffic(args), hangUps(args)]);
console.log(JSON.stringify({ byCode, errors, hungUp }));
// Answers of any code are what this is for; no answer at all is a failure.
if (Object.keys(byCode).length === 0) process.exitCode = 1;

function argsOrExit(): LoadArgs {
  try {
    return loadArgsFrom(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
