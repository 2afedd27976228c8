import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";

/**
 * Repairs what a kill in the middle of a write leaves in a file backend: an empty `.attrs` beside
 * the checkpoint, which holds a checksum and nothing else, or a checkpoint that is cut off, of which
 * the one before is kept as `.bak`. Only files are cut off: object stores write all of an object or nothing.
 * @returns what was done, as commands
 */
export function repairFiles(checkpoint: string): string[] {
  const done: string[] = [];
  const attributes = `${checkpoint}.attrs`;
  if (existsSync(attributes) && statSync(attributes).size === 0) {
    rmSync(attributes);
    done.push("rm <stack>.json.attrs");
  }
  if (!isWhole(checkpoint)) {
    copyFileSync(`${checkpoint}.bak`, checkpoint);
    done.push("cp <stack>.json.bak <stack>.json");
  }
  return done;
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
