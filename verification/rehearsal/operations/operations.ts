import { damage } from "./damage";
import { interruptions } from "./interruptions";
import { nodes } from "./nodes";
import type { OperationGroup } from "./operation";
import { scaling } from "./scaling";
import { settings } from "./settings";
import { storage } from "./storage";
import { upgrades } from "./upgrades";

/** Every operation, in the order in which they are run. */
export const operationGroups: readonly OperationGroup[] = [
  ...settings,
  ...nodes,
  scaling,
  ...storage,
  ...upgrades.filter(({ endsTheStack }) => !endsTheStack),
  ...damage,
  ...interruptions.filter(({ endsTheStack }) => !endsTheStack),
  ...[...upgrades, ...interruptions].filter(({ endsTheStack }) => endsTheStack),
];
