import { readFileSync } from "node:fs";
import path from "node:path";
import { html } from "htm/preact";
import renderToString from "preact-render-to-string";
import type { Section } from "./section";

/** What is put into a page. */
export interface Contents {
  readonly title: string;
  /** The sentence below the title. */
  readonly what: string;
  readonly summary: readonly (readonly [name: string, text: string])[];
  readonly sections: readonly Section[];
}

/**
 * One HTML file that needs nothing else: its pictures are SVG, its styles and its scripts are in it. The same
 * for the same contents.
 */
export function frame({ title, what, summary, sections }: Contents): string {
  const styles = [fileBeside("page.css"), ...sections.map(({ css }) => css)];
  const scripts = [fileBeside("find-in-page.js"), ...sections.map(({ script }) => script)];
  const head = html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <style dangerouslySetInnerHTML=${{ __html: onceEach(styles) }} />
  </head>`;
  const body = html`<body>
    <a class="skip" href="#report">To the report</a>
    <header>
      <h1>${title}</h1>
      <p>${what}</p>
      <dl class="summary">
        ${summary.map(
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
    <script dangerouslySetInnerHTML=${{ __html: onceEach(scripts) }} />
  </body>`;
  return `<!doctype html>\n<html lang="en">${renderToString(head)}${renderToString(body)}</html>\n`;
}

const shown = ({ id, title, body }: Section) =>
  html`<section aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${body}
  </section>`;

/** Two sections may need the same. */
const onceEach = (texts: readonly (string | undefined)[]): string => [...new Set(texts)].join("\n");

const fileBeside = (name: string): string => readFileSync(path.join(__dirname, name), "utf8");
