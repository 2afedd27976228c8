import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { PICTURE } from "../../docs/pictures/generate";
import { ROOT } from "../support/simulated";

const PRINT = `require("./docs/pictures/generate.ts").prodPicture().then((svg) => process.stdout.write(svg));`;

describe("The picture of prod in the docs", () => {
  it("is what prod's up looks like today", () => {
    // In a process of its own: where there is a global `it`, Plot moves its lines by half a pixel.
    const command = ["-r", "./register.cjs", "-e", PRINT];
    const drawn = execFileSync(process.execPath, command, { cwd: ROOT, encoding: "utf8" });
    const kept = readFileSync(PICTURE, "utf8");
    assert.ok(kept === drawn, `${PICTURE} is of before. Fix: npm run fix`);
  });
});
