import { readFileSync } from "node:fs";
import path from "node:path";
import { html } from "htm/preact";
import { clock } from "../clock";
import { shortUrn } from "../resource-names";
import type { Resource } from "../resource";
import type { Simulation } from "../simulate";
import { type Box, drawGraph, type Line } from "./graph";
import { searchField } from "./search-field";
import type { Section } from "./section";

/** The dependencies, drawn; graph-in-page.js lights up what belongs together. */
export async function graphSection({ recording, up }: Simulation): Promise<Section> {
  const dependencies = dependenciesOf(recording.resources);
  const ids = new Map([...dependencies.keys()].sort().map((urn, index) => [urn, `r${index}`]));
  const idOf = (urn: string) => ids.get(urn) ?? "";
  const { width, height, boxes, lines } = await drawGraph(dependencies);
  const details = Object.fromEntries(
    [...dependencies].map(([urn, needed]) => {
      const { start, end } = up.spans.get(urn) ?? { start: 0, end: 0 };
      return [
        idOf(urn),
        {
          name: shortUrn(urn),
          urn,
          times: `${clock(start)} to ${clock(end)}`,
          needs: needed.map((one) => ids.get(one)).filter((id) => id !== undefined),
        },
      ];
    }),
  );
  return {
    id: "dependencies",
    title: "Dependencies",
    body: html`<p>
        Each arrow leads from what has to be there to what is made after it, and deleted before it.
        An arrow that a longer way says too is not drawn; the list beside has all.
      </p>
      ${searchField({
        id: "find-in-graph",
        label: "Find a resource",
        placeholder: "release, role, task-service …",
        finds: ".box",
      })}
      <div class="graph">
        <figure class="scroll" tabindex="0" aria-label="Dependency graph">
          <svg
            viewBox=${`0 0 ${width} ${height}`}
            width=${width}
            height=${height}
            role="group"
            aria-label="Resources"
          >
            <marker
              id="arrow"
              viewBox="0 0 6 6"
              refX="6"
              refY="3"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0,0L6,3L0,6" />
            </marker>
            <g class="lines" aria-hidden="true">${lines.map((line) => drawnLine(line, idOf))}</g>
            ${boxes.map((box) => drawnBox(box, idOf(box.node)))}
          </svg>
        </figure>
        <aside id="details" aria-live="polite">
          <p>Choose a resource to see what it needs and what needs it.</p>
        </aside>
      </div>
      <script
        type="application/json"
        id="resources"
        dangerouslySetInnerHTML=${{ __html: JSON.stringify(details).replaceAll("<", "\\u003c") }}
      />`,
    css: fileBeside("graph.css"),
    script: fileBeside("graph-in-page.js"),
  };
}

const fileBeside = (name: string): string => readFileSync(path.join(__dirname, name), "utf8");

/** Of each resource that a provider makes. Whoever needs a component needs what is in it. */
function dependenciesOf(resources: readonly Resource[]): Map<string, string[]> {
  const customIn = (urn: string): string[] =>
    resources
      .filter(({ parent }) => parent === urn)
      .flatMap((child) => (child.custom ? [child.urn] : customIn(child.urn)));
  const custom = resources.filter((resource) => resource.custom);
  const urns = new Set(custom.map(({ urn }) => urn));
  return new Map(
    custom.map(({ urn, provider, dependencies }) => {
      const needed = [...dependencies, ...(provider === null ? [] : [provider])];
      const each = needed.flatMap((one) => (urns.has(one) ? [one] : customIn(one)));
      return [urn, [...new Set(each)].filter((one) => one !== urn)];
    }),
  );
}

const drawnLine = ({ from, to, points }: Line, idOf: (urn: string) => string) =>
  html`<polyline
    data-from=${idOf(from)}
    data-to=${idOf(to)}
    marker-end="url(#arrow)"
    points=${points.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`).join(" ")}
  />`;

function drawnBox({ node, x, y, width, height }: Box, id: string) {
  const name = shortUrn(node);
  return html`<g
    id=${id}
    class="box"
    tabindex="0"
    role="button"
    transform=${`translate(${Math.round(x)} ${Math.round(y)})`}
  >
    <title>${name}</title>
    <rect width=${width} height=${height} rx="4" />
    <text x="8" y="17">${name.length > 32 ? `${name.slice(0, 31)}…` : name}</text>
  </g>`;
}
