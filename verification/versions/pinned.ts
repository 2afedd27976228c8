import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import packageJson from "../../package.json";
import { versions } from "../../versions";

const ROOT = path.join(__dirname, "..", "..");

/** Something that the project takes from elsewhere in one version. */
export interface Pinned {
  readonly name: string;
  readonly version: string;
  /** File of the project that names the version. */
  readonly file: string;
}

/** The charts, images and Pulumi packages; npm's other packages are for package.json to list. */
export function pinned(): readonly Pinned[] {
  const { kubePrometheusStack, keda, registry, kubectl, busybox, node, kubernetes } = versions;
  const own = (name: string, version: string): Pinned => ({ name, version, file: "versions.ts" });
  return [
    own("kube-prometheus-stack", kubePrometheusStack.version),
    own("keda", keda.version),
    ...kubernetes.map(({ minor }) => own("registry.k8s.io/kubectl", kubectl(minor))),
    own("docker.io/library/busybox", busybox),
    own("docker.io/library/registry", registry),
    own("gcr.io/distroless/nodejs24-debian13", node),
    ...baseImages(),
    ...pulumiPackages(),
  ];
}

/** What the services' images are built on, each once in a file. */
function baseImages(): Pinned[] {
  return readdirSync(path.join(ROOT, "services"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `services/${name}/Dockerfile`)
    .flatMap((file) => {
      const text = readFileSync(path.join(ROOT, file), "utf8");
      const images = [...text.matchAll(/^FROM (\S+)/gm)].map(([, image = ""]) => image);
      return [...new Set(images)].map((image) => {
        const colon = image.indexOf(":");
        return { name: image.slice(0, colon), version: image.slice(colon + 1), file };
      });
    });
}

function pulumiPackages(): Pinned[] {
  const { dependencies, optionalDependencies } = packageJson;
  return Object.entries({ ...dependencies, ...optionalDependencies })
    .filter(([name]) => name.startsWith("@pulumi"))
    .map(([name, version]) => ({ name, version, file: "package.json" }));
}
