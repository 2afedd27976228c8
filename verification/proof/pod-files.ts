import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { Kubernetes, KubernetesObject } from "../cluster/kubernetes";
import {
  type Container,
  environmentOf,
  expanded,
  fieldOf,
  type Pod,
  type VolumeSource,
} from "./pod";

interface Data extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

type Files = ReadonlyMap<string, Buffer>;

const GZIP = Buffer.from([0x1f, 0x8b]);
const TOKEN_SECONDS = 3600;

/** Writes what a container has mounted, as the kubelet would: Secrets, ConfigMaps, its token. */
export async function writeMounts(
  kubernetes: Kubernetes,
  pod: Pod,
  { volumeMounts = [] }: Container,
  root: string,
): Promise<void> {
  for (const { name, mountPath, subPath } of volumeMounts) {
    const files = await filesOf(kubernetes, pod, name);
    const target = path.join(root, mountPath);
    const one = subPath === undefined ? undefined : files.get(subPath);
    if (one) write(target, one);
    else mkdirSync(target, { recursive: true });
    if (subPath === undefined) {
      for (const [file, content] of files) write(path.join(target, file), content);
    }
  }
}

/**
 * What the config-reloader does before the main container starts: unpacks its configuration and
 * replaces `$(NAME)` in it, nothing else.
 * @returns the configuration as it is read then
 */
export function reloadConfig(pod: Pod, reloader: Container, root: string): string {
  const argument = (name: string): string => {
    const found = reloader.args?.find((arg) => arg.startsWith(`--${name}=`));
    if (found !== undefined) return path.join(root, found.slice(name.length + 3));
    throw new Error(`the container ${reloader.name} must have the argument --${name}; it has none`);
  };
  const packed = readFileSync(argument("config-file"));
  const text = packed.subarray(0, 2).equals(GZIP) ? gunzipSync(packed) : packed;
  const config = expanded(text.toString(), environmentOf(pod, reloader));
  write(argument("config-envsubst-file"), Buffer.from(config));
  return config;
}

async function filesOf(kubernetes: Kubernetes, pod: Pod, volumeName: string): Promise<Files> {
  const volume = pod.spec.volumes?.find(({ name }) => name === volumeName);
  const files = new Map<string, Buffer>();
  for (const source of volume?.projected?.sources ?? (volume ? [volume] : [])) {
    for (const [file, content] of await contentsOf(kubernetes, pod, source))
      files.set(file, content);
  }
  return files;
}

async function contentsOf(
  kubernetes: Kubernetes,
  pod: Pod,
  { secret, configMap, serviceAccountToken, downwardAPI }: VolumeSource,
): Promise<Files> {
  const { namespace = "" } = pod.metadata;
  const read = async (kind: string, name: string, encoding: "base64" | "utf8") => {
    const object = await kubernetes.get<Data>("v1", kind, name, namespace);
    return Object.entries(object?.data ?? {}).map(
      ([key, value]) => [key, Buffer.from(value, encoding)] as const,
    );
  };
  if (secret) {
    const contents = await read("Secret", secret.secretName ?? secret.name ?? "", "base64");
    return chosen(contents, secret.items);
  }
  if (configMap) return chosen(await read("ConfigMap", configMap.name, "utf8"), configMap.items);
  if (serviceAccountToken) {
    return new Map([[serviceAccountToken.path, Buffer.from(await tokenOf(kubernetes, pod))]]);
  }
  return new Map(
    (downwardAPI?.items ?? []).map(({ path: file, fieldRef }) => [
      file,
      Buffer.from(fieldOf(pod, fieldRef.fieldPath)),
    ]),
  );
}

/** All keys under their own names, or those that a volume lists under the names that it gives. */
function chosen(
  contents: readonly (readonly [string, Buffer])[],
  items: readonly { readonly key: string; readonly path: string }[] | undefined,
): Files {
  if (!items) return new Map(contents);
  return new Map(
    items.flatMap(({ key, path: file }) =>
      contents.filter(([name]) => name === key).map(([, content]) => [file, content] as const),
    ),
  );
}

/** A token of the pod's own service account, with the permissions that the chart gives it. */
async function tokenOf(kubernetes: Kubernetes, { metadata, spec }: Pod): Promise<string> {
  const { namespace = "", name, uid } = metadata;
  const account = spec.serviceAccountName ?? "default";
  const url = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const { status } = await kubernetes.client.call<{ status: { token: string } }>(url, {
    method: "POST",
    body: {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {
        expirationSeconds: TOKEN_SECONDS,
        boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
      },
    },
  });
  return status.token;
}

function write(file: string, content: Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
