import * as aws from "@pulumi/aws";
import * as dockerBuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";

/** A source folder that becomes an image in a registry of its own. */
export interface ContainerImageArgs {
  /** Folder with the Dockerfile, relative to the program: an absolute one would differ between machines. */
  readonly context: string;
  /** ECR repository, account-wide: `<project>-<stack>/<service>`. */
  readonly repositoryName: string;
  /** What the nodes are; without it an arm64 laptop pushes an image that they cannot run. */
  readonly platform: "linux/amd64" | "linux/arm64";
  /**
   * An image to deploy in place of a build, such as the digest of an earlier one. The repository
   * and what is in it stay. @default build the context
   */
  readonly use?: string;
}

/** Images kept in the repository, so that a rollback still finds what it was deployed with. */
const KEPT_IMAGES = 20;

/**
 * A registry, and in it an image built and pushed; waits for no cluster.
 * @returns its reference by digest: a rebuilt image is a new reference, and so always rolled out.
 */
export function buildContainerImage(
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
      platforms: [args.platform],
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
