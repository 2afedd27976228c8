import { readFileSync } from "node:fs";
import path from "node:path";
import { isProperties } from "../../simulation/resource";

/** A provider package and the version of its SDK. */
export interface ProviderPackage {
  readonly name: string;
  readonly version: string;
}

/** The providers whose SDKs the project depends on, each with the version that it pins. */
export function providerPackages(folder: string): ProviderPackage[] {
  const text = readFileSync(path.join(folder, "package.json"), "utf8");
  const { dependencies, optionalDependencies } = JSON.parse(text) as Record<string, unknown>;
  const packages = [dependencies, optionalDependencies].flatMap((group) =>
    isProperties(group) ? Object.entries(group) : [],
  );
  return packages.flatMap(([dependency, version]) => {
    const [, name] = /^@(?:pulumi|pulumiverse)\/(?!pulumi$)(.+)$/.exec(dependency) ?? [];
    return name === undefined ? [] : [{ name, version: String(version) }];
  });
}
