import { versions } from "../../versions";

/** How long before the end of standard support an `up` begins to warn, and `npm run versions -- --check` to fail. */
export const NOTICE_DAYS = 60;

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Days from a day until EKS upgrades a minor by itself; negative when it has; undefined where the minor is not known. */
export function daysOfSupport(minor: string, today: Date): number | undefined {
  const version = versions.kubernetes.find((each) => each.minor === minor);
  if (!version) return undefined;
  const end = new Date(`${version.standardSupportEnds}T00:00:00Z`);
  return Math.ceil((end.getTime() - today.getTime()) / DAY_MILLISECONDS);
}

/** What to tell who runs `up`, from 60 days before the end of support. @default nothing */
export function supportWarning(minor: string, today: Date): string | undefined {
  const days = daysOfSupport(minor, today);
  if (days === undefined || days > NOTICE_DAYS) return undefined;
  const index = versions.kubernetes.findIndex((version) => version.minor === minor);
  const end = versions.kubernetes[index]?.standardSupportEnds ?? "";
  const next = versions.kubernetes[index + 1]?.minor;
  const fix = next
    ? `pulumi config set kubernetesVersion ${next} && pulumi up (docs/runbooks/cluster.md)`
    : "a newer minor in versions.ts, then pulumi config set kubernetesVersion (docs/upgrades.md)";
  return (
    `kubernetesVersion must be a minor in standard support for ${NOTICE_DAYS} days more; got ${minor}, supported until ${end}. ` +
    `After that day EKS upgrades the cluster to the next minor at a time of its own. Fix: ${fix}`
  );
}
