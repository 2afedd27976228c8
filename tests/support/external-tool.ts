import { spawnSync } from "node:child_process";
import type { Context } from "mocha";

/** How a title tells the reporter what a skipped test needs: reporters of parallel runs get no more than titles. */
const NEEDS = /\[needs (.+?)\]/;

/** What a skipped test needs, by its full title; undefined where it says nothing. */
export const neededBy = (fullTitle: string): string | undefined => NEEDS.exec(fullTitle)?.[1];

const FIXES: Readonly<Record<string, string>> = {
  promtool: "apt-get install prometheus",
  amtool: "apt-get install prometheus-alertmanager",
  alertmanager: "apt-get install prometheus-alertmanager",
  nginx: "apt-get install nginx-light",
  "prometheus-nginx-exporter": "apt-get install prometheus-nginx-exporter",
  mvn: "apt-get install maven",
  javac: "apt-get install default-jdk-headless",
  pulumi: "https://www.pulumi.com/docs/install",
  chromium: "apt-get install chromium",
  go: "https://go.dev/doc/install",
};

/**
 * Skips the test where a program is not installed; with PROOF=required that is a failure.
 * @param names what the program may be called
 * @returns the name it has here
 */
export function externalTool(test: Context, ...names: [string, ...string[]]): string {
  const found = names.find((name) => spawnSync(name, ["--version"]).error === undefined);
  if (found !== undefined) return found;
  missing(test, `${names[0]}, which is not on PATH: ${FIXES[names[0]] ?? "install it"}`);
}

/** Skips the test where data beside the repository is not there: a clone has none. */
export function absent(test: Context, what: string): never {
  skip(test, `${what}, which is not there: chart data for checks, no part of the repository`);
}

/** Skips the test for want of something that not even PROOF=required asks for. */
export function notAsked(test: Context, what: string): never {
  skip(test, what);
}

/** Skips the test for want of something; with PROOF=required that is a failure. */
export function missing(test: Context, what: string): never {
  if (process.env.PROOF === "required")
    throw new Error(`PROOF=required, but the test needs ${what}`);
  skip(test, what);
}

/** In a hook before all tests of a suite, the whole suite is skipped. */
function skip(test: Context, what: string): never {
  const running = test.test;
  const isBeforeAll = running?.title.startsWith('"before all"');
  const named = isBeforeAll ? running?.parent : (test.currentTest ?? running);
  if (named) named.title += ` [needs ${what}]`;
  test.skip();
}
