import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(__dirname, "..");
const TABLE = "docs/commands.md";

/** A command of the documentation, and the row of docs/commands.md that it belongs to. */
export interface DocsCommand {
  readonly page: string;
  readonly command: string;
  /** Beginning of the command, as the table has it; undefined where no row fits. */
  readonly row: string | undefined;
}

/** Beginning of a command, and what shows that it works. */
export interface CommandRow {
  readonly start: string;
  readonly shownBy: string;
}

export function commandRows(): CommandRow[] {
  return readFileSync(path.join(ROOT, TABLE), "utf8")
    .split("\n")
    .flatMap((line): CommandRow[] => {
      const [, start, shownBy] = /^\| `([^`]+)`\s+\| (.+?)\s+\|$/.exec(line) ?? [];
      return start === undefined || shownBy === undefined ? [] : [{ start, shownBy }];
    });
}

/** Every command in the `sh` blocks of the pages for people; one of several that `&&` joins counts for itself. */
export function docsCommands(): DocsCommand[] {
  const rows = commandRows().sort((a, b) => b.start.length - a.start.length);
  return pages().flatMap((page) =>
    commandsOf(readFileSync(path.join(ROOT, page), "utf8")).map((command) => ({
      page,
      command,
      row: rows.find(({ start }) => command.startsWith(start))?.start,
    })),
  );
}

function commandsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, "")
      .split(/\n| && /)
      .map((line) => line.replace(/(^| )#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}

/** Snapshots and what is installed have none. */
function pages(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(path.join(ROOT, folder), { recursive: true })
      .map((file) => path.posix.join(folder, String(file).replaceAll(path.sep, "/")))
      .filter((file) => file.endsWith(".md"));
  const services = readdirSync(path.join(ROOT, "services")).map((name) => `services/${name}`);
  const readmes = services.flatMap((folder) =>
    folder.endsWith(".ts") || !readdirSync(path.join(ROOT, folder)).includes("README.md")
      ? []
      : [`${folder}/README.md`],
  );
  return ["README.md", "CONTRIBUTING.md", ...below("docs"), ...readmes].sort();
}
