import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Where the simulated cloud's durations, prices and rules are. */
const MODEL = path.join("simulation", "cloud");

/** Whether the simulated clouds of two folders of this project are not the same. */
export const modelsDiffer = (before: string, after: string): boolean =>
  before !== after && modelOf(before) !== modelOf(after);

function modelOf(folder: string): string {
  const model = path.join(folder, MODEL);
  if (!existsSync(model)) return "";
  const files = readdirSync(model).sort();
  return files.map((file) => `${file}\n${readFileSync(path.join(model, file), "utf8")}`).join("\n");
}
