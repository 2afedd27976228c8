import { Child } from "../child-process";
import { commandRows, docsCommands } from "../docs-commands";

/** As docs/commands.md writes it. */
const OWN = "`npm run try-local`";

/**
 * Types the commands of the documentation that docs/commands.md says are typed here, each in a shell of its
 * own, as after `up` of the stack `local`.
 * @param kubeconfig path of the cluster's
 * @returns a sentence for each that fails
 */
export async function docsProblems(kubeconfig: string): Promise<string[]> {
  const rows = commandRows().filter(({ shownBy }) => shownBy.includes(OWN));
  const typed = docsCommands().filter(({ row }) => rows.some(({ start }) => start === row));
  const problems: string[] = [];
  for (const command of new Set(typed.map((each) => each.command))) {
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    const shell = ["-c", `set -o pipefail\n${command}`];
    const { code, output } = await Child.start("bash", shell, { env }).end();
    if (code !== 0) problems.push(`the documentation's ${command} ended with ${code}: ${output}`);
  }
  return problems;
}
