import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/**
 * Draws a chart without a browser.
 * @param label what it shows, for who cannot see it
 * @returns SVG, whose colours are those of page.css
 */
export function drawChart(label: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = Plot.plot({ ...options, document, ariaLabel: label });
  // One picture: its parts have no names of their own.
  drawn.setAttribute("role", "img");
  for (const part of drawn.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
  return drawn.outerHTML;
}
