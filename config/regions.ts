import { closest, distance } from "fastest-levenshtein";
import type { Fill } from "./commands";
import type { Rule } from "./rules";

/**
 * Regions of @pulumi/aws 7.48.0 (its enum `Region`), GovCloud and China included, the isolated
 * partitions left out. Copied, because loading that package only to check a name would slow a start
 * that does not need it; a test holds both equal.
 */
export const REGIONS: readonly string[] = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "cn-north-1",
  "cn-northwest-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eusc-de-east-1",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-gov-east-1",
  "us-gov-west-1",
  "us-west-1",
  "us-west-2",
];

/**
 * The letters of zones, first those that most accounts have. us-east-1 has six zones (use1-az1 to
 * use1-az6), the most that is known of a region as of 2026-11.
 */
const ZONE_LETTERS = ["a", "c", "b", "d", "e", "f"];

export const region: Rule = {
  must: "an AWS region, such as ap-northeast-1 (config/regions.ts lists them)",
  test: (value) => REGIONS.includes(value),
  example: "ap-northeast-1",
  meant: (value) => {
    const near = closest(value.toLowerCase(), [...REGIONS]);
    return distance(near, value.toLowerCase()) <= 2 ? near : undefined;
  },
};

export const zone = (inRegion: string): Rule => ({
  must: `an availability zone of ${inRegion} (${inRegion} and a letter from a to f; no local zone)`,
  test: (value) => zonesOf(inRegion).includes(value),
  example: `${inRegion}a`,
  meant: (value) => {
    const letter = value.slice(-1).toLowerCase();
    return ZONE_LETTERS.includes(letter) ? `${inRegion}${letter}` : undefined;
  },
});

export const zoneFills = (inRegion: string): readonly Fill[] =>
  zonesOf(inRegion).map((value) => ({ value }));

const zonesOf = (inRegion: string): string[] =>
  ZONE_LETTERS.map((letter) => `${inRegion}${letter}`);

/** The known region that a text names, such as the text of `availabilityZones`. */
export const regionNamedIn = (text: string): string | undefined =>
  REGIONS.find((known) => text.includes(known));
