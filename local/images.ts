import type { Shell } from "./shell";

/** Images of the stack's services, by service. */
export type Images = Readonly<Record<string, string>>;

/**
 * Builds each service and pushes it under the name that the stack's file gives it.
 * @returns the images by digest: a rebuilt one is rolled out, and an equal one is not
 * @throws Error where Docker does not tell the digest of what it pushed
 */
export async function pushImages(shell: Shell, images: Images, isDryRun: boolean): Promise<Images> {
  const pushed: [service: string, image: string][] = [];
  for (const [service, image] of Object.entries(images)) {
    await shell.run(["docker", "build", "--tag", image, `services/${service}`]);
    await shell.run(["docker", "push", image]);
    // What was not pushed has no digest.
    pushed.push([service, isDryRun ? image : await byDigest(shell, image)]);
  }
  return Object.fromEntries(pushed);
}

/** An image that went to several registries has a digest in each. */
async function byDigest(shell: Shell, image: string): Promise<string> {
  const repository = image.replace(/:[^:/]+$/, "");
  const format = "{{range .RepoDigests}}{{println .}}{{end}}";
  const { stdout } = await shell.read(["docker", "image", "inspect", "--format", format, image]);
  const own = stdout.split("\n").find((line) => line.startsWith(`${repository}@sha256:`));
  if (own !== undefined) return own;
  throw new Error(
    `docker must know the digest of ${image}; got ${stdout.trim() || "nothing"}. Fix: docker push ${image}`,
  );
}
