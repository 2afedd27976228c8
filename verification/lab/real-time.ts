import type { AlertmanagerConfig } from "../../observability/alertmanager/alertmanager-config";
import type { Firing } from "./firing";
import { isSameGroup, type Told, toldOf } from "./notifying";
import type { LabPrograms } from "./programs";

/** One play told by Alertmanager with the deployed times, beside the same with its times divided. */
export interface RealTime {
  readonly incident: string;
  readonly seed: number;
  readonly factor: number;
  readonly asDeployed: readonly Told[];
  readonly divided: readonly Told[];
}

/** Takes as long as the incident does. */
export async function inRealTime(
  programs: LabPrograms,
  config: AlertmanagerConfig,
  play: { readonly incident: string; readonly seed: number; readonly firings: readonly Firing[] },
  factor: number,
): Promise<RealTime> {
  const { incident, seed, firings } = play;
  const told = async (times: number): Promise<readonly Told[]> =>
    (await toldOf(programs, config, { [incident]: firings }, times)).get(incident) ?? [];
  const [asDeployed, divided] = await Promise.all([told(1), told(factor)]);
  return { incident, seed, factor, asDeployed, divided };
}

/** Whether the divided times tell the same to the same receivers, in the same order. */
export const isSameTold = ({ asDeployed, divided }: RealTime): boolean =>
  asDeployed.length === divided.length &&
  asDeployed.every((told, index) => {
    const other = divided[index];
    return other?.status === told.status && isSameGroup(told, other);
  });

export const REAL_TIME_HEAD = [
  "Receiver",
  "Notification",
  "Alertmanager as deployed",
  "Its times divided",
] as const;

/** Minutes after the play's first alert fired. */
export const realTimeRows = ({ asDeployed, divided }: RealTime): string[][] =>
  Array.from({ length: Math.max(asDeployed.length, divided.length) }, (_, index) => {
    const [real, quick] = [asDeployed[index], divided[index]];
    const said = real ?? quick;
    const minutes = (one: Told | undefined) =>
      one ? `${(one.seconds / 60).toFixed(1)} min` : "nothing";
    return [
      said?.receiver ?? "",
      `${said?.status ?? ""}: ${said?.alert ?? ""}`,
      minutes(real),
      minutes(quick),
    ];
  });
