import { readFileSync } from "node:fs";
import path from "node:path";
import type { Simulation } from "../simulate";
import { timeline } from "./timeline";
import { UP_LABEL, upSteps } from "./timeline-sections";

/** Shorter steps are left out, but for those of the critical path. */
const LEAST_SECONDS = 10;

/** The timeline of `up` as a picture that stands alone, light or dark as its reader has it. */
export function picture(simulation: Simulation): string {
  const steps = upSteps(simulation).filter(
    ({ start, end, kind }) => kind === "critical" || end - start >= LEAST_SECONDS,
  );
  const style = `<style>${pageColours()} svg { background: var(--ground); color: var(--text); } text { fill: var(--text); }</style>`;
  const [opening = "", ...rest] = timeline(steps, UP_LABEL).split(/(?<=^<svg[^>]*>)/);
  const standalone = opening.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ');
  return `${standalone}${style}${rest.join("")}\n`;
}

/** The page's colours as a rule of CSS, for pictures that stand beside it. */
export function pageColours(): string {
  const css = readFileSync(path.join(__dirname, "page.css"), "utf8");
  const colours = /^:root \{[^}]*\}/m.exec(css)?.[0];
  if (colours === undefined) throw new Error("page.css must begin with its colours, in :root");
  return colours;
}
