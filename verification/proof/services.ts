import { recordStack } from "../../simulation/record-stack";
import type { ClassicDashboard } from "../../observability/dashboards/classic-dashboard";
import {
  type DeployedObject,
  deployedObjects,
  type DeployedRelease,
  deployedRelease,
  type DeployedService,
  deployedFleetDashboard,
  deployedService,
} from "../deployed";
import { LONG_TERM_SERVICE } from "./long-term";
import { LIBRARY_SERVICE, recordLibraryService } from "./library-service";

/** Everything that the proof runs, as the recorded program of the prod stack deploys it. */
export interface Deployed {
  readonly task: DeployedService;
  readonly library: DeployedService;
  readonly fleetDashboard: ClassicDashboard;
  /** Of the stack, and of the service that it does not have. */
  readonly objects: readonly DeployedObject[];
  readonly release: DeployedRelease;
}

/** Where alerts are to be sent. */
export interface Receivers {
  readonly people: string;
  readonly deadMansSwitch: string;
}

const NOWHERE: Receivers = {
  people: "https://unused.example.com",
  deadMansSwitch: "https://unused.example.com",
};
/** The shortest that the program takes: the proof waits for many scrapes. */
const SCRAPE_INTERVAL = "5s";

/** The stack with a webhook for people and one for the dead man's switch. */
export async function deployedServices(receivers = NOWHERE): Promise<Deployed> {
  const prod = await recordStack("prod", {
    config: {
      receivers: '[{"name":"people","kind":"webhook"}]',
      scrapeInterval: SCRAPE_INTERVAL,
      remoteWrite: JSON.stringify({ url: LONG_TERM_SERVICE }),
      // The other service is not of the stack: what only its preset has is kept by name.
      remoteWriteKeep: '["app_version"]',
    },
    secrets: {
      receiverSecrets: JSON.stringify({
        "people-url": receivers.people,
        "dead-mans-switch-url": receivers.deadMansSwitch,
      }),
    },
  });
  const library = await recordLibraryService();
  return {
    task: deployedService(prod, "task-service"),
    library: deployedService(library, LIBRARY_SERVICE),
    fleetDashboard: deployedFleetDashboard(prod),
    objects: [prod, library].flatMap(deployedObjects),
    release: deployedRelease(prod),
  };
}

export const servicesOf = ({ task, library }: Deployed): readonly DeployedService[] => [
  task,
  library,
];
