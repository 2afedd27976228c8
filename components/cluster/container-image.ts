import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createBuiltImage } from "../built-image";
import type { ImageArgs } from "../platform";

/** A source folder that becomes an image in an ECR repository of its own. */
export interface ContainerImageArgs extends ImageArgs {
  /** Unique in the account and region: `<project>-<stack>/<service>`. */
  readonly repositoryName: string;
  /** Of the nodes. */
  readonly architecture: "amd64" | "arm64";
}

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
  return createBuiltImage(
    name,
    {
      context: args.context,
      repository: repository.repositoryUrl,
      architecture: args.architecture,
      login: { username: token.userName, password: pulumi.secret(token.password) },
    },
    opts,
  );
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
