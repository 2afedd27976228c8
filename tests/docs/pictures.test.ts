import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  DASHBOARD_PAGE,
  dashboardPage,
  keptAnswers,
  pictureFile,
  PICTURES,
} from "../../docs/pictures/generate";
import { recordStack } from "../../simulation/record-stack";
import { deployedService } from "../../verification/deployed";
import { type ShownPanel, shownPanels } from "../../verification/proof/dashboard-answers";
import { ROOT } from "../support/simulated";

const RENEW = "Fix: npm run prove -- --control-plane PROGRAM --write, then npm run fix";

describe("The pictures in the docs", () => {
  for (const name of Object.keys(PICTURES)) {
    it(`${name} is what is drawn today`, () => {
      // In a process of its own: where there is a global `it`, Plot moves its lines by half a pixel.
      const print = `require("./docs/pictures/generate.ts").PICTURES["${name}"]()`;
      const script = `Promise.resolve(${print}).then((svg) => process.stdout.write(svg));`;
      const command = ["-r", "./register.cjs", "-e", script];
      const drawn = execFileSync(process.execPath, command, { cwd: ROOT, encoding: "utf8" });
      const kept = readFileSync(pictureFile(name), "utf8");
      assert.ok(kept === drawn, `docs/pictures/${name} is of before. Fix: npm run fix`);
    });
  }
});

describe("The picture of the dashboard", () => {
  it("has the panels, questions and units of the dashboard that the program deploys", async () => {
    const { dashboard } = deployedService(await recordStack("prod"), "task-service");
    const today = shownPanels(dashboard);
    const kept = keptAnswers().panels.map(withoutAnswers);
    for (const [index, panel] of today.entries()) {
      assert.deepEqual(
        kept[index],
        panel,
        `docs/pictures/dashboard.json must have the panel ${panel.title} as it is deployed. ${RENEW}`,
      );
    }
    assert.equal(kept.length, today.length, `docs/pictures/dashboard.json has more. ${RENEW}`);
  });

  it("has the date of the answers in its caption", async () => {
    const text = readFileSync(DASHBOARD_PAGE, "utf8");
    const isCurrent = (await dashboardPage(text)) === text;
    assert.ok(isCurrent, "docs/dashboard.md: its caption is of before. Fix: npm run fix");
    assert.ok(text.includes(`\`npm run prove\` on ${keptAnswers().date}; not Grafana.`));
  });

  it("stands on a page that names the dashboard's rows, and no other", () => {
    const named = [...readFileSync(DASHBOARD_PAGE, "utf8").matchAll(/^\| ([A-Z][\w ]*?) +\|/gm)];
    const rows = keptAnswers().panels.filter(({ kind }) => kind === "row");
    assert.deepEqual(
      named.map(([, name]) => name).slice(1),
      rows.map(({ title }) => title),
      "the table in docs/dashboard.md must have a line for each row of the dashboard, in its order",
    );
  });
});

/** As the dashboard has it. */
const withoutAnswers = (panel: ReturnType<typeof keptAnswers>["panels"][number]): ShownPanel => ({
  ...panel,
  queries: panel.queries.map(({ expr, legend, instant }) => ({ expr, legend, instant })),
});
