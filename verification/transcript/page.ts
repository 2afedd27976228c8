import type { Typed } from "../plain-cli/plain-cli";

/** Lines of a command's output that the page keeps from its begin and from its end. */
const FIRST = 12;
const LAST = 40;

/** The page of docs: what was typed and what it printed, without secrets and what is another each time. */
export function page(versions: string, typed: readonly Typed[]): string {
  const blocks = typed.map(({ command, printed }) =>
    ["```console", `$ ${command}`, shortened(printed), "```"].join("\n"),
  );
  return [
    "# What a user sees",
    "",
    "Written by `npm run transcript -- --kubeconfig FILE --write`: the plain CLI with the checked-in",
    "`Pulumi.yaml` and a copy of `Pulumi.dev.yaml`. AWS is simulated and answers at once, everything on",
    "Kubernetes is real but containers; so times say nothing. " + versions + ".",
    "",
    ...blocks.flatMap((block) => [block, ""]),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

/** Progress lines in the middle are left out, and said to be. */
function shortened(printed: string): string {
  const lines = printed.trimEnd().split("\n");
  const left = lines.length - FIRST - LAST;
  const shown =
    left <= 1
      ? lines
      : [...lines.slice(0, FIRST), `[... ${left} lines ...]`, ...lines.slice(-LAST)];
  return shown.map((line) => line.trimEnd()).join("\n");
}
