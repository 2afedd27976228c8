import type { ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";

/** Waits for the end of a process. @returns its exit code, and both outputs as they came */
export function ended(
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<{ readonly code: number | null; readonly printed: string }> {
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, printed });
    });
  });
}
