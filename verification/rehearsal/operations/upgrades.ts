import { configured, previewAndUp, refused, succeeded } from "./apply";
import { type Operation, type OperationGroup, type OperationRun, stepsOf } from "./operation";
import { pinChart } from "./programs";

const KEPT = { claims: "kept", restarted: [] } as const;

/** Cluster and table with the components whose inputs say so; Pulumi's own protection is no step. */
const PROTECTION = ["2 update Cluster", "update Table", "update TaskTable"];

/** Versions, the password, zones and protection. */
export const upgrades: readonly OperationGroup[] = [
  {
    name: "chart",
    needsValues: true,
    needsOlderCharts: true,
    operations: [
      {
        name: "chart's patch version",
        perform: (run) => upgradeFrom(run, "patch"),
        expected: {
          steps: ["replace Job", "update Release"],
          claims: "kept",
          restarted: ["operator"],
        },
      },
      {
        name: "chart's minor version",
        perform: (run) => upgradeFrom(run, "minor"),
        expected: {
          steps: ["replace Job", "update Release"],
          claims: "kept",
          restarted: ["grafana", "kube-state-metrics", "operator"],
        },
      },
    ],
  },
  {
    name: "password",
    needsValues: true,
    operations: [
      {
        name: "Grafana's password replaced",
        perform: replacePassword,
        expected: {
          steps: ["replace Job", "replace RandomPassword", "update Release", "update Secret"],
          claims: "kept",
          restarted: ["grafana"],
        },
      },
    ],
  },
  {
    name: "Kubernetes",
    operations: [
      {
        name: "Kubernetes' minor, on AWS' side",
        perform: configured({ kubernetesVersion: "1.36" }),
        expected: {
          steps: ["2 update Cluster", "replace Job", "update Addon", "update Release"],
          ...KEPT,
        },
      },
      {
        name: "Kubernetes' minor back is refused",
        perform: refused({ kubernetesVersion: "1.35" }),
        expected: { steps: "refused in the preview", ...KEPT, announced: /1\.36/ },
      },
    ],
    endsTheStack: true,
  },
  {
    name: "zone",
    short: true,
    operations: [
      {
        name: "a zone added",
        perform: configured({
          availabilityZones: [
            "ap-northeast-1a",
            "ap-northeast-1c",
            "ap-northeast-1d",
            "ap-northeast-1b",
          ],
        }),
        expected: {
          steps: [
            "2 create Route",
            "2 create RouteTable",
            "2 create RouteTableAssociation",
            "2 create Subnet",
            "2 update VpcEndpoint",
            "create Eip",
            "create NatGateway",
            "update Cluster",
            "update NodeClass",
          ],
          ...KEPT,
        },
      },
    ],
    endsTheStack: true,
  },
  {
    name: "deletion protection",
    short: true,
    operations: [
      {
        name: "deletion protection off",
        perform: configured({ deletionProtection: false }),
        expected: { steps: PROTECTION, ...KEPT },
      },
      {
        name: "deletion protection on",
        perform: configured({ deletionProtection: true }),
        expected: { steps: PROTECTION, ...KEPT },
      },
      {
        name: "destroy under deletion protection",
        perform: destroyRefused,
        expected: { steps: "refused in the preview", ...KEPT, announced: /protect/ },
      },
    ],
  },
];

/** Goes back to an older chart first; only the way forward counts. */
async function upgradeFrom(
  run: OperationRun,
  step: "patch" | "minor",
): ReturnType<Operation["perform"]> {
  const current = run.charts.at(-1);
  const minorOf = (version: string) => version.split(".").slice(0, 2).join(".");
  const isPatch = ({ version }: { version: string }) =>
    current && minorOf(version) === minorOf(current.version);
  const older = run.charts
    .slice(0, -1)
    .filter((chart) => isPatch(chart) === (step === "patch"))
    .at(-1);
  if (!current || !older) throw new Error(`no older chart for a ${step} step was given`);
  try {
    pinChart(older.version);
    await succeeded((run.engine.work.configure({ [CHART]: older.folder }), run.engine.up()));
  } finally {
    pinChart(current.version);
  }
  run.engine.work.configure({ [CHART]: current.folder });
  return previewAndUp(run);
}

const CHART = "chart";

/** `pulumi up --replace URN`, as docs/reliability.md has it. */
async function replacePassword({ engine }: OperationRun): ReturnType<Operation["perform"]> {
  const password = engine
    .state()
    .resources.find(({ urn }) => urn.endsWith(":RandomPassword::monitoring-grafana-admin"));
  if (!password) throw new Error("the state has no password");
  const options = { replace: [password.urn] };
  const preview = await succeeded(engine.preview(options));
  const up = await succeeded(engine.up(options));
  return {
    steps: stepsOf(up),
    preview: preview.console,
  };
}

async function destroyRefused({ engine }: OperationRun): ReturnType<Operation["perform"]> {
  const destroy = await engine.destroy({ previewOnly: true });
  if (destroy.ok) throw new Error("destroy is not refused");
  return { steps: "refused in the preview", preview: destroy.console };
}
