import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { page } from "../../simulation/page/page";
import { recordStack } from "../../simulation/record-stack";
import { simulate, type Simulation } from "../../simulation/simulate";
import { axeFindings, type OpenedPage, openPage } from "../support/opened-page";
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
    let opened: OpenedPage;
    let shown: Page;
    before(async function () {
      opened = await openPage(this, html);
      ({ shown } = opened);
    });
    // Undefined where there is no browser.
    after(() => (opened as OpenedPage | undefined)?.close());

    const chosen = () => shown.locator("#details h3").textContent();
    const box = (name: string) => shown.locator("g.box", { hasText: name }).first();

    it("loads nothing but itself, and tells of no error", () => {
      assert.equal(opened.requests.length, 1, opened.requests.join());
      assert.deepEqual(opened.errors, []);
    });

    it("finds a resource, and shows what it needs and what needs it", async () => {
      await shown.fill("#find-in-graph", "release monitoring");
      const count = prod.recording.resources.filter(({ custom }) => custom).length;
      assert.equal(await shown.locator("#find-in-graph ~ output").textContent(), `1 of ${count}`);
      await shown.press("#find-in-graph", "Enter");
      assert.equal(await chosen(), "Release monitoring");
      const text = (await shown.locator("#details").textContent()) ?? "";
      assert.match(text, /Namespace monitoring.*Needed by.*Ingress monitoring-grafana/s);
      await shown.getByRole("button", { name: "Ingress monitoring-grafana" }).last().click();
      assert.equal(await chosen(), "Ingress monitoring-grafana");
      assert.ok((await shown.locator(".lines .lit").count()) > 0);
    });

    it("finds nothing where nothing is called so, and all when the search is emptied", async () => {
      await shown.fill("#find-in-graph", "no such thing");
      assert.match((await shown.locator("#find-in-graph ~ output").textContent()) ?? "", /^0 of/);
      await shown.fill("#find-in-graph", "");
      assert.equal(await shown.locator(".missed").count(), 0);
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
        await shown.fill("#find-in-graph", "");
        assert.deepEqual(await axeFindings(shown, colorScheme), []);
      });
    }
  });
});
