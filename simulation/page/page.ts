import { readFileSync } from "node:fs";
import path from "node:path";
import { html } from "htm/preact";
import renderToString from "preact-render-to-string";
import type { Account } from "../cloud/behaviour";
import type { Simulation } from "../simulate";
import { summary } from "../summary";
import { billSection } from "./bill-section";
import { graphSection } from "./graph-section";
import { leftoverSection } from "./leftover-section";
import { outputSection } from "./output-section";
import type { Section } from "./section";
import { destroySection, upSection } from "./timeline-sections";

/**
 * The report as one HTML file that needs nothing else: its pictures are SVG, its styles and its script are
 * in it. The same for the same input.
 */
export async function page(simulation: Simulation, account: Account): Promise<string> {
  const { what, rows } = summary(simulation, account);
  const title = `Stack ${simulation.stack}, simulated`;
  const sections = [
    upSection(simulation),
    destroySection(simulation),
    await graphSection(simulation),
    billSection(simulation, account),
    leftoverSection(simulation),
    outputSection(simulation),
  ];
  const head = html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <style dangerouslySetInnerHTML=${{ __html: fileBeside("page.css") }} />
  </head>`;
  const body = html`<body>
    <a class="skip" href="#report">To the report</a>
    <header>
      <h1>${title}</h1>
      <p>${what}</p>
      <dl class="summary">
        ${rows.map(
          ([name, text]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${text}</dd>
            </div>`,
        )}
      </dl>
      <nav aria-label="Sections">
        ${sections.map(({ id, title: name }) => html`<a href=${`#${id}`}>${name}</a>`)}
      </nav>
    </header>
    <main id="report">${sections.map(shown)}</main>
    <script dangerouslySetInnerHTML=${{ __html: fileBeside("in-page.js") }} />
  </body>`;
  return `<!doctype html>\n<html lang="en">${renderToString(head)}${renderToString(body)}</html>\n`;
}

const shown = ({ id, title, body }: Section) =>
  html`<section aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${body}
  </section>`;

const fileBeside = (name: string): string => readFileSync(path.join(__dirname, name), "utf8");
