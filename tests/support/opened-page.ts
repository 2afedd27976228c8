import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { source as axeSource } from "axe-core";
import type { Context } from "mocha";
import { chromium, type Page } from "playwright-core";
import { externalTool } from "./external-tool";

/** A page in a real Chromium. */
export interface OpenedPage {
  readonly shown: Page;
  /** What it has told of errors, until now. */
  readonly errors: readonly string[];
  /** What it has asked for, itself included. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** Opens the page from a file, or skips the test where there is no browser. */
export async function openPage(test: Context, html: string): Promise<OpenedPage> {
  const name = externalTool(test, "chromium", "google-chrome", "chromium-browser");
  const executablePath = spawnSync("which", [name], { encoding: "utf8" }).stdout.trim();
  // Chromium's own sandbox does not start for root, as CI is; the page is the project's own.
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const folder = mkdtempSync(path.join(tmpdir(), "page-"));
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  };
  try {
    const file = path.join(folder, "page.html");
    writeFileSync(file, html);
    const errors: string[] = [];
    const requests: string[] = [];
    const shown = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    shown.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    shown.on("pageerror", (error) => errors.push(error.message));
    shown.on("request", (request) => requests.push(request.url()));
    await shown.goto(pathToFileURL(file).href);
    return { shown, errors, requests, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What axe finds against accessibility, each with the beginning of the elements. */
export async function axeFindings(shown: Page, colorScheme: "light" | "dark"): Promise<string[]> {
  await shown.emulateMedia({ colorScheme });
  await shown.evaluate(axeSource);
  return shown.evaluate<string[]>(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).slice(0, 3).join(' ')}`))",
  );
}
