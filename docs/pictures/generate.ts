import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as prettier from "prettier";
import { withTable } from "../../config/generate";
import { picture } from "../../simulation/page/picture";
import { recordStack } from "../../simulation/record-stack";
import { simulate } from "../../simulation/simulate";
import { ANSWERS_FILE, type DashboardAnswers } from "../../verification/proof/dashboard-answers";
import { dashboardPicture } from "./dashboard-picture";

/** The pictures beside this file, and what draws them. */
export const PICTURES: Readonly<Record<string, () => string | Promise<string>>> = {
  "prod.svg": async () => {
    const recording = await recordStack("prod");
    return picture(simulate("prod", recording, recording.cloud));
  },
  "dashboard.svg": () => dashboardPicture(keptAnswers()),
};

export const DASHBOARD_PAGE = path.join(__dirname, "..", "dashboard.md");

export const pictureFile = (name: string): string => path.join(__dirname, name);

/** What `npm run prove -- --write` has kept. */
export const keptAnswers = (): DashboardAnswers =>
  JSON.parse(readFileSync(ANSWERS_FILE, "utf8")) as DashboardAnswers;

/** @returns the page's text with the picture and its caption made anew, formatted */
export async function dashboardPage(text: string): Promise<string> {
  const { title, date } = keptAnswers();
  const shown =
    `![Dashboard of ${title}: its rows of panels, with values](pictures/dashboard.svg)\n\n` +
    `A preview, drawn from what a real Prometheus answered in \`npm run prove\` on ${date}; not Grafana.`;
  const options = await prettier.resolveConfig(DASHBOARD_PAGE);
  return prettier.format(withTable(text, shown), { ...options, filepath: DASHBOARD_PAGE });
}

async function generate(): Promise<void> {
  for (const [name, draw] of Object.entries(PICTURES)) {
    writeFileSync(pictureFile(name), await draw());
  }
  writeFileSync(DASHBOARD_PAGE, await dashboardPage(readFileSync(DASHBOARD_PAGE, "utf8")));
}

if (require.main === module) void generate();
