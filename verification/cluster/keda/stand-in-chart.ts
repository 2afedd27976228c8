import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { versions } from "../../../versions";

/** KEDA's own CRDs; not part of this repository. */
export const KEDA_CRDS = path.join("..", "shared", "data", "crds");
const FILES = ["keda.sh_scaledobjects.yaml", "keda.sh_triggerauthentications.yaml"];

/**
 * A folder, until this process ends, that is installed in the place of KEDA's chart: its real CRDs, and a
 * Deployment of its operator's name, whose pod kwok plays. What KEDA does is played by PlayedKeda.
 * @returns undefined where the CRDs are not at hand
 */
export function standInKedaChart(): string | undefined {
  if (!FILES.every((file) => existsSync(path.join(KEDA_CRDS, file)))) return undefined;
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "keda-chart-")), "keda");
  process.once("exit", () => {
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });
  for (const part of [folder, "crd-files", "templates"]) {
    mkdirSync(path.resolve(folder, part), { recursive: true });
  }
  const { version } = versions.keda;
  const put = (file: string, text: string) => {
    writeFileSync(path.join(folder, file), text);
  };
  put("Chart.yaml", stringify({ apiVersion: "v2", name: "keda", version, appVersion: version }));
  for (const file of FILES) {
    copyFileSync(path.join(KEDA_CRDS, file), path.join(folder, "crd-files", file));
    // As in the real chart they are templates, so that an uninstall takes them away.
    put(path.join("templates", file), `{{ .Files.Get "crd-files/${file}" }}\n`);
  }
  put(
    path.join("templates", "deployment.yaml"),
    stringify(OPERATOR).replace("REPLICAS", "{{ .Values.operator.replicaCount }}"),
  );
  return folder;
}

const labels = { app: "keda-operator" };

const OPERATOR = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "keda-operator" },
  spec: {
    replicas: "REPLICAS",
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "keda-operator",
            image: "played-by-kwok",
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  },
};
