import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { Context } from "mocha";
import packageJson from "../../package.json";
import { type Cli, findCli } from "../../verification/rehearsal/cli";
import { Engine } from "../../verification/rehearsal/engine";
import { missing } from "./external-tool";

/** Skips the test where the CLI is not there. */
export async function rehearsalCli(test: Context): Promise<Cli> {
  const cli = await findCli(packageJson.dependencies["@pulumi/pulumi"]);
  if ("missing" in cli) missing(test, cli.missing);
  return cli;
}

/** The real engine over a program of the test's own, without a cluster. The test closes it. */
export const rehearsalEngine = async (test: Context, program: PulumiFn): Promise<Engine> =>
  Engine.open(await rehearsalCli(test), { stack: "dev", program });
