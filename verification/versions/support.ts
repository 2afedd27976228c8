import {
  daysOfSupport,
  NOTICE_DAYS,
  supportWarning,
} from "../../components/cluster/kubernetes-support";
import { versions } from "../../versions";

/** A Kubernetes minor that stacks may have, and what EKS' calendar says of it. */
export interface MinorSupport {
  readonly minor: string;
  /** Whether stacks that set none have it. */
  readonly isDefault: boolean;
  /** Last day of EKS' standard support, such as "2027-03-27". */
  readonly standardSupportEnds: string;
  /** Negative when the day has passed. */
  readonly daysLeft: number;
  /** What `pulumi up` says of it. @default nothing, as long as there is time */
  readonly warning?: string;
}

/** Every minor of versions.ts as it stands on a day. */
export function supportOfMinors(today: Date): readonly MinorSupport[] {
  return versions.kubernetes.map(({ minor, standardSupportEnds }) => {
    const warning = supportWarning(minor, today);
    return {
      minor,
      isDefault: minor === versions.defaultKubernetes,
      standardSupportEnds,
      daysLeft: daysOfSupport(minor, today) ?? 0,
      ...(warning !== undefined && { warning }),
    };
  });
}

/** What the project itself has to do: a sentence each. A stack's owner goes by the warnings. */
export function dueInVersions(minors: readonly MinorSupport[]): readonly string[] {
  const newest = minors.at(-1);
  return minors.flatMap((each) => {
    const { minor, isDefault, daysLeft } = each;
    const enough = `a minor in standard support for ${NOTICE_DAYS} days more; got ${minor} with ${daysLeft}`;
    return [
      ...(isDefault && daysLeft <= NOTICE_DAYS
        ? [due("defaultKubernetes", enough, "set the next minor")]
        : []),
      ...(each === newest && daysLeft <= NOTICE_DAYS
        ? [due("the last of kubernetes", enough, "add the next minor")]
        : []),
      ...(daysLeft <= 0
        ? [
            due(
              "kubernetes",
              `without minors that EKS has moved on from; got ${minor}`,
              "remove it",
            ),
          ]
        : []),
    ];
  });
}

const due = (what: string, must: string, fix: string): string =>
  `${what} in versions.ts must be ${must}. Fix: ${fix} (docs/upgrades.md)`;
