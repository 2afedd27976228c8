import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { source as axeSource } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { page } from "../../simulation/page/page";
import { recordStack } from "../../simulation/record-stack";
import { simulate, type Simulation } from "../../simulation/simulate";
import { externalTool } from "../support/external-tool";
import { cloud } from "../support/simulated";

const MOST_BYTES = 300_000;

describe("The report as a page", () => {
  let prod: Simulation;
  let html: string;
  before(async () => {
    prod = simulate("prod", await recordStack("prod"), cloud);
    html = await page(prod, cloud.account);
  });

  it("is the same for the same input, and small", async () => {
    assert.equal(await page(prod, cloud.account), html);
    assert.ok(Buffer.byteLength(html) < MOST_BYTES, `${Buffer.byteLength(html)} bytes`);
  });

  it("has no secret", () => {
    assert.match(html, /grafanaAdminPassword<\/dt><dd><code>\[secret\]/);
  });

  it("says what is left over, where something is", async () => {
    const volume = { kind: "Volume", name: "data", because: "", reason: "<why>", monthlyUsd: 5 };
    const text = await page({ ...prod, leftovers: [volume] }, cloud.account);
    assert.match(text, /Left over after destroy: 1</);
    assert.match(text, /&lt;why>|&lt;why&gt;/);
  });

  describe("in a browser", () => {
    let folder: string;
    let browser: Browser;
    let shown: Page;
    const errors: string[] = [];
    const requests: string[] = [];

    before(async function () {
      const name = externalTool(this, "chromium", "google-chrome", "chromium-browser");
      folder = mkdtempSync(path.join(tmpdir(), "page-"));
      const file = path.join(folder, "page.html");
      writeFileSync(file, html);
      const executablePath = spawnSync("which", [name], { encoding: "utf8" }).stdout.trim();
      // Chromium's own sandbox does not start for root, as CI is; the page is the project's own.
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
      shown = await browser.newPage({ viewport: { width: 1300, height: 900 } });
      shown.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      shown.on("pageerror", (error) => errors.push(error.message));
      shown.on("request", (request) => requests.push(request.url()));
      await shown.goto(pathToFileURL(file).href);
    });
    after(async () => {
      // Undefined where there is no browser.
      await (browser as Browser | undefined)?.close();
      if (folder) rmSync(folder, { recursive: true });
    });

    const chosen = () => shown.locator("#details h3").textContent();
    const box = (name: string) => shown.locator("g.box", { hasText: name }).first();

    it("loads nothing but itself, and tells of no error", () => {
      assert.equal(requests.length, 1, requests.join());
      assert.deepEqual(errors, []);
    });

    it("finds a resource, and shows what it needs and what needs it", async () => {
      await shown.fill("#find", "release monitoring");
      const count = prod.recording.resources.filter(({ custom }) => custom).length;
      assert.equal(await shown.locator("#found").textContent(), `1 of ${count}`);
      await shown.press("#find", "Enter");
      assert.equal(await chosen(), "Release monitoring");
      const text = (await shown.locator("#details").textContent()) ?? "";
      assert.match(text, /Namespace monitoring.*Needed by.*Ingress monitoring-grafana/s);
      await shown.getByRole("button", { name: "Ingress monitoring-grafana" }).last().click();
      assert.equal(await chosen(), "Ingress monitoring-grafana");
      assert.ok((await shown.locator(".lines .lit").count()) > 0);
    });

    it("finds nothing where nothing is called so, and all when the search is emptied", async () => {
      await shown.fill("#find", "no such thing");
      assert.match((await shown.locator("#found").textContent()) ?? "", /^0 of/);
      await shown.fill("#find", "");
      assert.equal(await shown.locator(".searching").count(), 0);
    });

    it("is used by mouse and by keyboard alike", async () => {
      await box("NodePool cluster-nodes").click();
      assert.equal(await chosen(), "NodePool cluster-nodes");
      await box("Table tasks").focus();
      await shown.keyboard.press("Enter");
      assert.equal(await chosen(), "Table tasks");
    });

    it("has a ground of its own in the dark", async () => {
      const ground = () =>
        shown.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      await shown.emulateMedia({ colorScheme: "light" });
      const light = await ground();
      await shown.emulateMedia({ colorScheme: "dark" });
      assert.notEqual(await ground(), light);
    });

    it("prints whole, without what needs a click", async () => {
      await shown.emulateMedia({ media: "print" });
      assert.equal(await shown.locator("nav").isVisible(), false);
      const clipped = await shown.evaluate(
        "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollHeight > each.clientHeight + 1).length",
      );
      assert.equal(clipped, 0);
      await shown.emulateMedia({ media: "screen" });
    });

    for (const colorScheme of ["light", "dark"] as const) {
      it(`has nothing that axe finds, ${colorScheme}`, async () => {
        await shown.emulateMedia({ colorScheme });
        await shown.fill("#find", "");
        await shown.evaluate(axeSource);
        const violations = await shown.evaluate<string[]>(
          "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).slice(0, 3).join(' ')}`))",
        );
        assert.deepEqual(violations, []);
      });
    }
  });
});
