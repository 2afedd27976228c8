import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type * as builtImage from "../built-image";
import { withOptionalPackages } from "../optional-packages";
import type { ImageArgs } from "../platform";

/** A source folder that becomes an image in a registry. */
export interface RegistryImageArgs extends ImageArgs {
  /** Such as "localhost:5001" or "ghcr.io/team"; pushed to with the login that docker has. */
  readonly registry: string;
  readonly architecture: "amd64" | "arm64";
}

const requireHere = createRequire(__filename);

/** @returns the reference of the ready image, or by digest that of the one built and pushed */
export function createRegistryImage(
  name: string,
  { registry, architecture, context, use }: RegistryImageArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  if (use !== undefined) return pulumi.output(use);
  // Loaded where something is built only: a stack of ready images needs no @pulumi/docker-build.
  const { createBuiltImage } = withOptionalPackages(
    `the build of ${name}`,
    () => requireHere("../built-image") as typeof builtImage,
  );
  const repository = `${registry}/${name}`;
  return createBuiltImage(name, { context, repository, architecture }, opts);
}
