import type { Panel } from "./panel";
import { rate, series } from "./selectors";
import type { ConnectionNames, Preset } from "../presets/preset";

/** Traffic and saturation of a server of which only connections are known. */
export function connectionPanels(preset: Preset, names: ConnectionNames): Panel[] {
  const { pod } = preset.target;
  const all = series(preset);
  return [
    {
      title: "Requests",
      description: "Per second, by pod: of every route and code, probes and scrapes among them.",
      unit: "reqps",
      queries: [{ expr: rate(names.requests, all), legend: `{{${pod}}}` }],
    },
    {
      title: "Connections",
      description:
        "Open at the moment of the scrape, over all pods, by what is being done with them. Writing climbs when what is behind the server becomes slow.",
      unit: "short",
      queries: names.states.map((state) => ({
        expr: `sum(${state}{${all}})`,
        legend: state.split("_").at(-1) ?? state,
      })),
    },
    {
      title: "Connections dropped",
      description: "Accepted and not handled, per second, by pod: a limit is reached.",
      unit: "ops",
      queries: [
        {
          expr: `${rate(names.accepted, all)} - ${rate(names.handled, all)}`,
          legend: `{{${pod}}}`,
        },
      ],
    },
  ];
}
