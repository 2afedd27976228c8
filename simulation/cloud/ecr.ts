import { at, hashOf, reveal, textAt } from "../resource";
import type { Behaviour, CloudResource, DestroyRecord, Reference } from "./behaviour";
import type { Invoke } from "./invoke";
import { keepsName } from "./names";
import { inCents, monthly, prices, traffic } from "./prices";
import { byInput } from "./references";

const REPOSITORY = "aws:ecr/repository:Repository";
const IMAGE = "docker-build:index:Image";

/** The registry, and what is built into it. */
export const ecr: Readonly<Record<string, Behaviour>> = {
  [REPOSITORY]: {
    duration: "awsCall",
    id: ({ inputs }) => textAt(inputs, "name"),
    outputs: ({ inputs, account }) => ({
      registryId: account.accountId,
      repositoryUrl: `${account.accountId}.dkr.ecr.${account.region}.amazonaws.com/${textAt(inputs, "name")}`,
      arn: `arn:aws:ecr:${account.region}:${account.accountId}:repository/${textAt(inputs, "name")}`,
    }),
    identity: ["name"],
    replacedBy: ["name"],
    deleteBeforeReplace: keepsName,
    holds: "every image but the one that up builds",
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    duration: "awsCall",
    createPutsInPlace: true,
    replacedBy: ["repository"],
    references: [byInput("repository", REPOSITORY, "takes along")],
  },
  [IMAGE]: {
    duration: "imageBuild",
    // Of the same source there is another image for each architecture.
    outputs: ({ hash, inputs }) => ({
      digest: `sha256:${hashOf(`${hash} ${JSON.stringify(at(inputs, "platforms"))}`)}`,
      contextHash: hash,
    }),
    outputsOfSource: ["digest", "contextHash"],
    createPutsInPlace: true,
    references: [inRepository()],
    listedByController: true,
    controllers: (image, { account }) => [
      {
        kind: "Image",
        name: image.name,
        charges: [
          inCents(monthly("Image storage", prices(account.region).imageGB, traffic.imageGB)),
        ],
        whyKept: (destroy) => whyImageKept(image, destroy),
      },
    ],
  },
};

/** A repository that holds images is only deleted by force, and then they go with it. */
function inRepository(): Reference {
  return {
    to: REPOSITORY,
    because: "it is pushed to it",
    matches: (image, repository) =>
      JSON.stringify(reveal(image.inputs.tags) ?? "").includes(
        String(repository.outputs.repositoryUrl),
      ),
    onDelete: (repository) =>
      at(repository.inputs, "forceDelete") === true ? "takes along" : "refused",
  };
}

function whyImageKept(image: CloudResource, destroy: DestroyRecord): string | undefined {
  if (destroy.deletion(image)) return undefined;
  // A registry that is not the stack's keeps what it was given, by intent.
  if (!destroy.resources.some(({ type }) => type === REPOSITORY)) return undefined;
  const { matches } = inRepository();
  const covered = destroy.resources.some(
    (resource) =>
      resource.type === REPOSITORY &&
      matches(image, resource, destroy.resources) &&
      at(resource.inputs, "forceDelete") === true &&
      destroy.deletion(resource) !== undefined,
  );
  return covered ? undefined : "nothing deletes its repository by force";
}

/**
 * The builds that a container's image reference stands for: none where the registry is somebody
 * else's, and an empty list where it is the stack's and nothing with that digest is in it.
 */
export function buildsOf(
  reference: string,
  all: readonly CloudResource[],
): readonly CloudResource[] | undefined {
  const [url, digest] = reference.split("@");
  const own = all.some(({ type, outputs }) => type === REPOSITORY && outputs.repositoryUrl === url);
  if (!own) return undefined;
  return all.filter(({ type, outputs }) => type === IMAGE && outputs.digest === digest);
}

export const ecrInvokes: Readonly<Record<string, Invoke>> = {
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": (inputs, { account }) => ({
    userName: "AWS",
    password: "a-token-of-the-simulated-registry",
    proxyEndpoint: `https://${account.accountId}.dkr.ecr.${account.region}.amazonaws.com`,
    ...inputs,
  }),
};
