import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import type { Page } from "playwright-core";
import { type Changes, compare, type Comparison } from "../../compare/comparison";
import { page } from "../../compare/page/page";
import { sections } from "../../compare/sections";
import type { RanSide } from "../../compare/side";
import { recordStack } from "../../simulation/record-stack";
import { simulate, simulationDocument } from "../../simulation/simulate";
import { axeFindings, type OpenedPage, openPage } from "../support/opened-page";
import { ROOT } from "../support/simulated";

const MOST_BYTES = 300_000;
const HOSTILE = '<script>document.title="taken over"</script><img src="https://a.example">';

const { signal } = new AbortController();

/** Prod with other settings, as `npm start` would print it. */
async function side(values: Readonly<Record<string, string>>): Promise<RanSide> {
  const recording = await recordStack("prod", { config: values });
  const printed = JSON.stringify(
    simulationDocument(simulate("prod", recording, recording.cloud), recording.cloud),
  );
  const document = JSON.parse(printed) as RanSide["document"];
  const settings = { keys: {}, values };
  return { label: "a side", folder: ROOT, stack: "prod", document, settings };
}

describe("The comparison as a page", () => {
  let comparison: Comparison;
  let changes: Changes;
  let html: string;
  before(async () => {
    const old = await side({ taskServiceReplicas: "3", natGateways: "per-zone" });
    const wanted = await side({
      services: '["quote-service"]',
      natGateways: "single",
      loadBalancerScheme: "internal",
      prometheusVolumeGiB: "100",
      alertmanagerVolumeGiB: "1",
    });
    comparison = await compare(old, wanted, signal);
    assert.ok(comparison.changes);
    ({ changes } = comparison);
    html = page(comparison);
  });

  const documentOf = (text: string) => parseHTML(text).document;
  const texts = (root: ParentNode, selector: string) =>
    [...root.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());

  it("is the same for the same input, and small", () => {
    assert.equal(page(comparison), html);
    assert.ok(Buffer.byteLength(html) < MOST_BYTES, `${Buffer.byteLength(html)} bytes`);
  });

  it("has the parts of the text report in its order, the dangerous marked", () => {
    const parts = sections(comparison);
    const titles = parts.map(({ title, isDanger }) => (isDanger ? `⚠ ${title}` : title));
    assert.deepEqual(titles.map((title) => title.split(":")[0]).slice(0, 4), [
      "⚠ Refused",
      "⚠ Data and addresses",
      "Resources",
      "Time and money",
    ]);
    const document = documentOf(html);
    assert.deepEqual(texts(document, "h2"), titles);
    assert.deepEqual(texts(document, "nav a"), titles);
    assert.deepEqual(texts(document, ".danger li"), [...changes.refused, ...changes.data]);
  });

  it("has every resource that changes, and what goes with it", () => {
    const document = documentOf(html);
    assert.ok(changes.resources.length > 25, "the text report has all of them");
    assert.deepEqual(
      texts(document, "#changed-resources tbody th"),
      changes.resources.map(({ resource }) => resource),
    );
    const going = texts(document, "#changed-resources .danger");
    assert.deepEqual(
      going.filter((each) => each.startsWith("⚠ With it goes")),
      changes.resources.flatMap(({ loses }) =>
        loses === undefined ? [] : [`⚠ With it goes ${loses}.`],
      ),
    );
    assert.ok(going.includes("⚠ It cannot be removed: it is protected by Pulumi."));
  });

  it("has every alert, rule, panel and limit that changes, and every setting", () => {
    const document = documentOf(html);
    assert.deepEqual(
      texts(document, "#changed-watched tbody th"),
      changes.watched.map(({ name }) => name),
    );
    const rows = [...document.querySelectorAll("#settings ~ table tbody tr")];
    assert.deepEqual(
      rows.map((row) => texts(row, "th, td")),
      changes.settings.map(({ key, what, before: old, after }) => [key, what, old, after]),
    );
  });

  it("has the numbers of the text report, and bars for what differs", () => {
    const document = documentOf(html);
    const rows = [...document.querySelectorAll("#totals ~ table tbody tr")];
    const totals = sections(comparison).find(({ id }) => id === "totals")?.rows ?? [];
    assert.deepEqual(
      rows.map((row) => texts(row, "th, td")),
      totals.map((row) => row.map((cell) => cell.trim())),
    );
    assert.ok(rows.every((row) => row.querySelectorAll(".number").length === 3));
    const [minutes = "", dollars = ""] = [...document.querySelectorAll(".charts svg")].map((svg) =>
      texts(svg, "text").join("\n"),
    );
    assert.match(minutes, /^\d+:\d\d before$/m);
    const different = (changes.bill ?? []).filter((each) => each.usdBefore !== each.usdAfter);
    assert.ok(different.length > 0);
    for (const { usdBefore, usdAfter } of different) {
      assert.ok(dollars.includes(`${usdBefore.toFixed(2)} before`), dollars);
      assert.ok(dollars.includes(`${usdAfter.toFixed(2)} after`), dollars);
    }
  });

  const withInputs = (path: string, before: unknown, after: unknown): Comparison => {
    const [resource] = changes.resources;
    assert.ok(resource);
    const inputs = [{ path, before, after }];
    return { ...comparison, changes: { ...changes, resources: [{ ...resource, inputs }] } };
  };
  const lines = (compared: Comparison) =>
    texts(documentOf(page(compared)), "#changed-resources pre")[0]?.split("\n");

  it("shows a long value line by line, where it differs", () => {
    const value = (last: number) => ({ list: [...Array(50).keys(), last] });
    const different = ["48,", "     49,", "-    1", "+    2", "   ]", " }"];
    assert.deepEqual(lines(withInputs("a", value(1), value(2))), different);
    const text = (last: number) => JSON.stringify(value(last));
    assert.deepEqual(lines(withInputs("a", text(1), text(2))), different);
    const long = "1".repeat(50);
    assert.deepEqual(lines(withInputs("a", undefined, long)), [`+${long}`]);
    assert.deepEqual(lines(withInputs("a", Number(long), String(Number(long)))), undefined);
    const number = { a: [long] };
    assert.deepEqual(lines(withInputs("a", number, JSON.stringify(number))), [
      `-${JSON.stringify(number)}`,
      `+${JSON.stringify(JSON.stringify(number))}`,
    ]);
  });

  it("says how much is cut where a page with everything would be too large", () => {
    const text = (word: string, count: number) =>
      Array.from({ length: count }, (_, line) => `${word} ${line} of many`).join("\n");
    const large = withInputs("data", text("old", 10_000), text("new", 10_000));
    const cut = page(large);
    assert.ok(Buffer.byteLength(cut) < MOST_BYTES, `${Buffer.byteLength(cut)} bytes`);
    assert.match(cut, /<em>18000 more lines: npm run compare -- --json<\/em>/);
    const { changes: one } = withInputs("data", text("old", 600), text("new", 600));
    const many = Array.from({ length: 15 }, () => one?.resources ?? []).flat();
    const shorter = page({ ...comparison, changes: { ...changes, resources: many } });
    assert.ok(Buffer.byteLength(shorter) < MOST_BYTES, `${Buffer.byteLength(shorter)} bytes`);
    assert.equal(shorter.match(/<em>1000 more lines/g)?.length, 15);
  });

  it("says what a program has said that does not run", () => {
    const { before: old, after } = comparison;
    const failed = { ...after, error: "broken <on purpose>\nin two lines" };
    const document = documentOf(page({ compare: 1, before: old, after: failed }));
    assert.deepEqual(texts(document, "h2"), ["Nothing to compare: a program did not run"]);
    const [first = "", second] = texts(document, "li");
    assert.match(first, /^a side runs: \d+ resources, up in /);
    assert.equal(second, "a side does not run: broken <on purpose>\nin two lines");
  });

  it("has no pictures where nothing changes", async () => {
    const same = await side({});
    const document = documentOf(page(await compare(same, same, signal)));
    assert.match(texts(document, "header p")[0] ?? "", /: nothing changes\.$/);
    assert.deepEqual(texts(document, "h2"), ["Time and money", "Not in this report"]);
    assert.equal(document.querySelectorAll("svg").length, 0);
  });

  describe("in a browser", () => {
    let opened: OpenedPage;
    let shown: Page;
    before(async function () {
      const { after } = comparison;
      const [first, ...others] = changes.resources;
      assert.ok(first);
      const inputs = [
        { path: HOSTILE, before: HOSTILE, after: [HOSTILE] },
        { path: "b", before: 1, after: 2 },
      ];
      const hostile = {
        ...changes,
        resources: [{ ...first, resource: HOSTILE, because: HOSTILE, inputs }, ...others],
        settings: [{ key: HOSTILE, what: "value" as const, before: "a", after: HOSTILE }],
        refused: [HOSTILE, ...changes.refused],
        bill: [
          ...(changes.bill ?? []),
          { item: HOSTILE, countBefore: 1, countAfter: 2, usdBefore: 1, usdAfter: 2 },
        ],
      };
      const label = HOSTILE;
      opened = await openPage(
        this,
        page({ ...comparison, after: { ...after, label }, changes: hostile }),
      );
      ({ shown } = opened);
    });
    // Undefined where there is no browser.
    after(() => (opened as OpenedPage | undefined)?.close());

    const visible = (selector: string) => shown.locator(selector).filter({ visible: true });

    it("loads nothing but itself, tells of no error, and runs nothing that a value holds", async () => {
      assert.equal(opened.requests.length, 1, opened.requests.join());
      assert.deepEqual(opened.errors, []);
      assert.match(await shown.title(), /^What pulumi up would change/);
      assert.equal(await shown.locator("img").count(), 0);
      assert.equal(await shown.locator("script").count(), 1);
      assert.equal(await shown.locator(".danger li").first().textContent(), HOSTILE);
      assert.equal(await shown.locator("#settings ~ table tbody th").textContent(), HOSTILE);
    });

    it("finds the rows that have every word, and counts them", async () => {
      const count = changes.resources.length;
      await shown.fill("#find-resource", "removed  NATGATEWAY");
      const rows = visible("#changed-resources tbody tr");
      assert.equal(await shown.locator("#find-resource ~ output").textContent(), `2 of ${count}`);
      for (const text of await rows.allTextContents()) assert.match(text, /removed.*NatGateway/);
      assert.equal(await rows.count(), 2);
      assert.equal(await visible("#changed-watched tbody tr").count(), changes.watched.length);
      await shown.fill("#find-resource", "no such thing");
      assert.equal(await rows.count(), 0);
      await shown.fill("#find-resource", "");
      assert.equal(await rows.count(), count);
      await shown.fill("#find-watched", "gone alert");
      const gone = changes.watched.filter(
        ({ change, what }) => change === "gone" && what === "alert",
      );
      assert.equal(await visible("#changed-watched tbody tr").count(), gone.length);
      await shown.fill("#find-watched", "");
    });

    it("is used by keyboard: over the navigation, to a part, and into what is collapsed", async () => {
      await shown.reload();
      await shown.keyboard.press("Tab");
      assert.equal(await shown.locator(":focus").textContent(), "To the report");
      assert.ok(await shown.locator(":focus").isVisible());
      await shown.keyboard.press("Enter");
      assert.match(shown.url(), /#report$/);
      await shown.locator("nav a", { hasText: "Resources" }).focus();
      await shown.keyboard.press("Enter");
      assert.match(shown.url(), /#resources$/);
      await shown.keyboard.press("Tab");
      assert.equal(await shown.locator(":focus").getAttribute("id"), "find-resource");
      await shown.keyboard.press("Tab");
      assert.equal(await shown.locator("summary:focus").count(), 1);
      assert.equal(await visible("#changed-resources pre").count(), 0);
      await shown.keyboard.press("Enter");
      assert.equal(await visible("#changed-resources pre").count(), 2);
      await shown.keyboard.press("Enter");
    });

    it("prints whole: what is collapsed, and what a search has left out", async () => {
      await shown.fill("#find-resource", "no such thing");
      await shown.emulateMedia({ media: "print" });
      assert.equal(await visible("nav, search").count(), 0);
      assert.equal(await visible("#changed-resources tbody tr").count(), changes.resources.length);
      assert.ok((await visible("#changed-resources pre").count()) > 0);
      await shown.emulateMedia({ media: "screen" });
      await shown.fill("#find-resource", "");
    });

    for (const colorScheme of ["light", "dark"] as const) {
      it(`has nothing that axe finds, ${colorScheme}, opened`, async () => {
        await shown.evaluate(
          "for (const each of document.querySelectorAll('details')) each.open = true",
        );
        assert.deepEqual(await axeFindings(shown, colorScheme), []);
      });
    }
  });
});
