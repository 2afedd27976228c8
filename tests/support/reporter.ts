import { type MochaOptions, reporters, Runner, type Test } from "mocha";
import { neededBy } from "./external-tool";

const { EVENT_RUN_END, EVENT_TEST_PENDING } = Runner.constants;

/** A dot for each test, failures in full, and one line for each tool or folder that tests needed and that is not here. */
export default class Reporter extends reporters.Dot {
  constructor(runner: Runner, options?: MochaOptions) {
    super(runner, options);
    const skipped = new Map<string, number>();
    runner.on(EVENT_TEST_PENDING, (test: Test) => {
      const reason = neededBy(test.fullTitle()) ?? "no reason given";
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    });
    runner.once(EVENT_RUN_END, () => {
      for (const [reason, count] of [...skipped].sort()) {
        reporters.Base.consoleLog(
          "  SKIPPED: %s (%d %s)",
          reason,
          count,
          count === 1 ? "test" : "tests",
        );
      }
      if (skipped.size > 0) reporters.Base.consoleLog();
    });
  }
}
