import { html } from "htm/preact";
import { redact } from "../resource";
import type { Simulation } from "../simulate";
import type { Section } from "./section";

/** The stack's outputs; of a secret only that it is one. */
export function outputSection({ recording }: Simulation): Section {
  const outputs = redact(recording.outputs) as Record<string, unknown>;
  const shown = Object.keys(outputs)
    .sort()
    .map((name) => [name, textOf(outputs[name])] as const);
  return {
    id: "outputs",
    title: "Outputs",
    body: html`<dl class="outputs">
      ${shown.map(
        ([name, text]) =>
          html`<dt>${name}</dt>
            <dd><code>${text}</code></dd>`,
      )}
    </dl>`,
  };
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value, null, 2);
