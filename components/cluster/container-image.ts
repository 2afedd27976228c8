import * as aws from "@pulumi/aws";
import * as dockerBuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";
import type { ImageArgs } from "../platform";

/** A source folder that becomes an image in an ECR repository of its own. */
export interface ContainerImageArgs extends ImageArgs {
  /** Unique in the account and region: `<project>-<stack>/<service>`. */
  readonly repositoryName: string;
}

/**
 * What Auto Mode's general-purpose node pool is, amd64 only. Without it an arm64 laptop would push
 * an image that the nodes cannot run.
 */
const NODE_PLATFORM = "linux/amd64";

/** Number of images kept in the repository, so that a rollback finds the image that it names. */
const KEPT_IMAGES = 20;

/**
 * An ECR repository, and in it an image built and pushed. Waits for no cluster.
 * @returns the image's reference by digest
 */
export function createContainerImage(
  name: string,
  args: ContainerImageArgs,
  opts: { readonly parent: pulumi.Resource },
): pulumi.Output<string> {
  const repository = new aws.ecr.Repository(
    name,
    {
      name: args.repositoryName,
      imageScanningConfiguration: { scanOnPush: true },
      // Without it `pulumi destroy` stops at a repository that still holds images.
      forceDelete: true,
    },
    opts,
  );
  new aws.ecr.LifecyclePolicy(
    name,
    { repository: repository.name, policy: JSON.stringify(keepNewest(KEPT_IMAGES)) },
    opts,
  );
  if (args.use !== undefined) return pulumi.output(args.use);
  const token = aws.ecr.getAuthorizationTokenOutput({ registryId: repository.registryId }, opts);
  const image = new dockerBuild.Image(
    name,
    {
      context: { location: args.context },
      platforms: [NODE_PLATFORM],
      tags: [pulumi.interpolate`${repository.repositoryUrl}:latest`],
      push: true,
      // A preview cannot build what it would push (pulumi-docker-build#252): the Dockerfile is checked in CI.
      buildOnPreview: false,
      registries: [
        {
          address: repository.repositoryUrl,
          username: token.userName,
          password: pulumi.secret(token.password),
        },
      ],
    },
    // The repository's forced delete takes the images along, without Docker and without a fresh token.
    { ...opts, retainOnDelete: true },
  );
  return pulumi.interpolate`${repository.repositoryUrl}@${image.digest}`;
}

function keepNewest(count: number): object {
  return {
    rules: [
      {
        rulePriority: 1,
        description: `Keep the newest ${count} images`,
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: count },
        action: { type: "expire" },
      },
    ],
  };
}
