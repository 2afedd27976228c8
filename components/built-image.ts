import * as dockerBuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";

/** An image that is built from a folder and pushed. */
export interface BuiltImageArgs {
  /** Folder with the Dockerfile, relative to the program. */
  readonly context: string;
  /** Without a tag. */
  readonly repository: pulumi.Input<string>;
  /** Of the nodes. Without it an arm64 laptop would push an image that amd64 nodes cannot run. */
  readonly architecture: "amd64" | "arm64";
  /** @default the login that docker has */
  readonly login?: {
    readonly username: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  };
}

/**
 * Pushed as `latest` too. Destroy leaves it in the registry.
 * @returns the image's reference by digest
 */
export function createBuiltImage(
  name: string,
  { context, repository, architecture, login }: BuiltImageArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const image = new dockerBuild.Image(
    name,
    {
      context: { location: context },
      platforms: [`linux/${architecture}`],
      tags: [pulumi.interpolate`${repository}:latest`],
      push: true,
      // A preview cannot build what it would push (pulumi-docker-build#252): the Dockerfile is checked in CI.
      buildOnPreview: false,
      ...(login && { registries: [{ address: repository, ...login }] }),
    },
    // Its registry's own clean-up needs neither Docker nor a fresh token.
    { ...opts, retainOnDelete: true },
  );
  return pulumi.interpolate`${repository}@${image.digest}`;
}
