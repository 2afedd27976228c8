import { recordStack } from "../../simulation/record-stack";
import type { AlertmanagerConfig } from "../../observability/alertmanager/alertmanager-config";
import type { ClassicDashboard } from "../../observability/dashboards/classic-dashboard";
import {
  type DeployedService,
  deployedAlertmanagerConfig,
  deployedFleetDashboard,
  deployedService,
} from "../deployed";
import { deployedLibraryService } from "./library-service";

/** Everything that the proof runs, as the recorded program of the prod stack deploys it. */
export interface Deployed {
  readonly task: DeployedService;
  readonly library: DeployedService;
  readonly fleetDashboard: ClassicDashboard;
  /** With a webhook for people and one for the dead man's switch, whose addresses are read from files. */
  readonly alertmanagerConfig: AlertmanagerConfig;
}

/** Keys of receiverSecrets: files of these names hold the addresses. */
export const PEOPLE_KEY = "people-url";
export const HEARTBEAT_KEY = "dead-mans-switch-url";

export async function deployedServices(): Promise<Deployed> {
  const unused = "https://unused.example.com";
  const prod = await recordStack("prod", {
    config: { receivers: '[{"name":"people","kind":"webhook"}]' },
    secrets: {
      receiverSecrets: JSON.stringify({ [PEOPLE_KEY]: unused, [HEARTBEAT_KEY]: unused }),
    },
  });
  return {
    task: deployedService(prod, "task-service"),
    library: await deployedLibraryService(),
    fleetDashboard: deployedFleetDashboard(prod),
    alertmanagerConfig: deployedAlertmanagerConfig(prod),
  };
}

export const servicesOf = ({ task, library }: Deployed): readonly DeployedService[] => [
  task,
  library,
];
