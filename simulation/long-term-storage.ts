import type { Cloud } from "./cloud/cloud";
import { sampleCharges } from "./cloud/prices";
import { writtenSamples, type WrittenSamples } from "./cloud/series";
import { total } from "./bill";
import { type Colors, plainTable } from "./plain-table";
import type { Resource } from "./resource";

/** What is written to long-term storage, and what it costs and saves. @returns undefined where nothing is */
export function longTermStorage(
  resources: readonly Resource[],
  cloud: Cloud,
  c: Colors,
): string | undefined {
  const { account } = cloud;
  // How many nodes there are, nobody knows beforehand.
  if (account.existingCluster) return undefined;
  const pods = resources.flatMap((resource) => cloud.pods(resource, resources));
  const samples = writtenSamples({ account, resources, pods });
  return samples && `${seriesTable(samples, c)}\n${savings(samples, account.region)}`;
}

function seriesTable({ lines, all, written }: WrittenSamples, c: Colors): string {
  const table = plainTable(["series of", "count", "all", "used", "source"], c, [1, 2, 3]);
  for (const { what, count, all: each, used, source } of lines) {
    table.push([what, String(count), String(count * each), String(count * used), source]);
  }
  table.push([c.bold("total"), "", c.bold(String(all.series)), "", ""]);
  return `${table.toString()}
  Written: ${written.series} series, ${million(written.samples)} samples a month.`;
}

/** Against the same stack that writes everything, by replicas that the store does not tell apart. */
function savings({ replicas, all, written }: WrittenSamples, region: string): string {
  const usd = (samples: number) => total(sampleCharges(region, samples));
  const [unfiltered, twice, now] = [
    usd(all.samples),
    usd(all.samples * replicas),
    usd(written.samples),
  ];
  return `  In Amazon Managed Prometheus: ${now.toFixed(2)} USD a month. With all series ${unfiltered.toFixed(2)}, and with all series of
  ${replicas} ${replicas === 1 ? "replica" : "replicas"} that nobody tells apart ${twice.toFixed(2)}: ${(twice / now).toFixed(1)} times as much.`;
}

const million = (samples: number): string => `${Math.round(samples / 1e6)} million`;
