import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Kubernetes, KubernetesObject } from "../../../verification/cluster/kubernetes";
import { eventually } from "../../support/control-plane";

interface Pod extends KubernetesObject {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly [
      {
        readonly args: readonly [string];
        readonly env: readonly {
          readonly name: string;
          readonly valueFrom?: {
            readonly secretKeyRef: { readonly name: string; readonly key: string };
          };
        }[];
      },
    ];
    readonly volumes: readonly [{ readonly configMap: { readonly name: string } }];
  };
  readonly status?: { readonly phase?: string };
}

interface Data extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

/** What a container in the cluster would find by DNS, and a process beside it does not. */
export interface Addresses {
  readonly grafana: string;
  /** In place of the Job's own, so that a test ends. */
  readonly seconds: number;
}

/**
 * Waits for the check's pod and runs its container as a process: the files of its ConfigMap, the environment
 * from its Secret, a token of its own ServiceAccount. What comes of it goes into the pod's annotations, from where
 * a stage of kwok (stages.yaml) makes it the pod's end.
 * @returns the termination message
 */
export async function runCheckPod(
  kubernetes: Kubernetes,
  namespace: string,
  addresses: Addresses,
): Promise<string> {
  const pod = await eventually(async () =>
    (await kubernetes.list<Pod>("v1", "Pod", namespace)).find(
      ({ metadata, status }) =>
        metadata.labels?.["app.kubernetes.io/name"] === "stack-check" &&
        metadata.annotations?.["exit-code"] === undefined &&
        metadata.deletionTimestamp === undefined &&
        status?.phase === "Running",
    ),
  );
  const folder = mkdtempSync(path.join(tmpdir(), "check-pod-"));
  try {
    const terminationLog = path.join(folder, "termination-log");
    await writeFiles(kubernetes, pod, namespace, folder, { ...addresses, terminationLog });
    const [{ args, env }] = pod.spec.containers;
    const code = await run(path.join(folder, path.basename(args[0])), {
      ...(await environment(kubernetes, namespace, env)),
      // The control plane for tests has a certificate that nobody has signed.
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      NODE_NO_WARNINGS: "1",
    });
    const message = existsSync(terminationLog) ? readFileSync(terminationLog, "utf8") : "";
    const annotations = { "exit-code": String(code), "termination-message": message };
    const { name } = pod.metadata;
    const reference = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } };
    await kubernetes.patch(reference, { metadata: { annotations } });
    return message;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeFiles(
  kubernetes: Kubernetes,
  { spec }: Pod,
  namespace: string,
  folder: string,
  { grafana, seconds, terminationLog }: Addresses & { readonly terminationLog: string },
): Promise<void> {
  const { name } = spec.volumes[0].configMap;
  const script = await kubernetes.get<Data>("v1", "ConfigMap", name, namespace);
  for (const [file, text] of Object.entries(script?.data ?? {})) {
    writeFileSync(path.join(folder, file), text);
  }
  const tokenFile = path.join(folder, "token");
  writeFileSync(tokenFile, await tokenOf(kubernetes, namespace, spec.serviceAccountName));
  const settings = path.join(folder, "stack.json");
  const given = JSON.parse(readFileSync(settings, "utf8")) as { grafana: object };
  const here = {
    ...given,
    seconds,
    tokenFile,
    terminationLog,
    apiServer: kubernetes.client.server,
    grafana: { ...given.grafana, url: grafana },
  };
  writeFileSync(settings, JSON.stringify(here));
}

async function tokenOf(kubernetes: Kubernetes, namespace: string, account: string) {
  const url = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const { status } = await kubernetes.client.call<{ status: { token: string } }>(url, {
    method: "POST",
    body,
  });
  return status.token;
}

async function environment(
  kubernetes: Kubernetes,
  namespace: string,
  env: Pod["spec"]["containers"][0]["env"],
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, valueFrom } of env) {
    if (!valueFrom) continue;
    const { name: secretName, key } = valueFrom.secretKeyRef;
    const secret = await kubernetes.get<Data>("v1", "Secret", secretName, namespace);
    values[name] = Buffer.from(secret?.data[key] ?? "", "base64").toString();
  }
  return values;
}

const run = (script: string, env: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script], { env }, (error) => {
      resolve(error === null ? 0 : typeof error.code === "number" ? error.code : 1);
    });
  });
