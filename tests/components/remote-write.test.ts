import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { InstrumentedService } from "../../components/instrumented-service/instrumented-service";
import { MonitoringStack } from "../../components/monitoring-stack/monitoring-stack";
import {
  isWritten,
  type RemoteWriteArgs,
  type WrittenArgs,
  writtenMetrics,
} from "../../components/monitoring-stack/remote-write";
import type { Platform } from "../../components/platform";
import type { WatchedService } from "../../observability/written-metrics";
import type { Recording } from "../../simulation/recorder";
import { reveal } from "../../simulation/resource";
import { barePlatform, eksTestPlatform } from "../support/platforms";
import { expectRejections } from "../support/rejections";
import { dependenciesOf, find, input, isSecret, recordProgram } from "../support/simulated";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const SECRET = "kubernetes:core/v1:Secret";
const STORE = { mostSeries: 5000, retentionDays: 400 };
const URL = "https://mimir.example.com:9009/api/v1/push";
const SPEC = "values.prometheus.prometheusSpec";

const stackOf = (
  remoteWrite: RemoteWriteArgs,
  platform: Platform,
  watches: readonly WatchedService[],
  deletionProtection = false,
): MonitoringStack =>
  new MonitoringStack("m", {
    namespace: "prometheus",
    platform,
    retentionDays: 31,
    scrapeInterval: "30s",
    grafana: { allowedCidrs: ["198.51.100.0/24"] },
    alerting: {},
    remoteWrite,
    watches,
    deletionProtection,
  });

const recorded = (
  remoteWrite: RemoteWriteArgs,
  platform: Platform = eksTestPlatform,
): Promise<Recording> =>
  recordProgram(() => {
    stackOf(remoteWrite, platform, [{}]);
    return {};
  });

/** What Prometheus writes to, without the rules on series. */
const endpointsOf = (recording: Recording): readonly object[] =>
  (input(find(recording, RELEASE), `${SPEC}.remoteWrite`) as object[]).map((endpoint) =>
    Object.fromEntries(Object.entries(endpoint).filter(([key]) => key !== "writeRelabelConfigs")),
  );

/** Ports and addresses that Prometheus' policy opens beside those of a stack without remote write. */
const egressOf = (recording: Recording): string =>
  JSON.stringify(
    input(
      find(recording, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "m-prometheus"),
      "spec.egress",
    ),
  );

describe("remote write", () => {
  it("goes to a workspace that takes and keeps no more than asked for", async () => {
    const recording = await recorded({ store: STORE, series: "used" });
    const limits = find(recording, "aws:amp/workspaceConfiguration:WorkspaceConfiguration");
    assert.deepEqual(limits.inputs.limitsPerLabelSets, [
      { labelSet: {}, limits: { maxSeries: 5000 } },
    ]);
    assert.equal(limits.inputs.retentionPeriodInDays, 400);
    const { id } = find(recording, "aws:amp/workspace:Workspace");
    assert.deepEqual(endpointsOf(recording), [
      {
        url: `https://aps-workspaces.ap-northeast-1.amazonaws.com/workspaces/${id}/api/v1/remote_write`,
        sigv4: { region: "ap-northeast-1" },
        messageVersion: "V1.0",
      },
    ]);
  });

  it("protects the workspace, which holds data, and nothing else of it", async () => {
    const recording = await recordProgram(() => {
      stackOf(
        {
          store: STORE,
          endpoint: { url: URL, secrets: pulumi.secret<Record<string, string>>({ token: "t" }) },
          series: "used",
        },
        eksTestPlatform,
        [{}],
        true,
      );
      return {};
    });
    const guarded = recording.resources.filter(({ protect }) => protect).map(({ type }) => type);
    assert.ok(guarded.includes("aws:amp/workspace:Workspace"));
    const others = ["WorkspaceConfiguration", "Role", "PodIdentityAssociation", "Secret"];
    assert.deepEqual(
      guarded.filter((type) => others.some((other) => type.endsWith(`:${other}`))),
      [],
    );
  });

  it("is allowed to Prometheus' account alone, and to that workspace alone", async () => {
    const recording = await recorded({ store: STORE, series: "used" });
    const { outputs } = find(recording, "aws:amp/workspace:Workspace");
    const policy = find(recording, "aws:iam/rolePolicy:RolePolicy");
    const { Statement } = JSON.parse(String(input(policy, "policy"))) as { Statement: object[] };
    assert.deepEqual(Statement, [
      { Effect: "Allow", Action: "aps:RemoteWrite", Resource: outputs.arn },
    ]);
    const { inputs } = find(recording, "aws:eks/podIdentityAssociation:PodIdentityAssociation");
    assert.equal(inputs.serviceAccount, "kube-prometheus-stack-prometheus");
    assert.equal(inputs.namespace, "prometheus");
  });

  it("waits for the ceiling and for the permission", async () => {
    const recording = await recorded({ store: STORE, series: "used" });
    const dependencies = dependenciesOf(recording, find(recording, RELEASE));
    for (const needed of [
      "aws:amp/workspaceConfiguration:WorkspaceConfiguration m-metrics",
      "aws:eks/podIdentityAssociation:PodIdentityAssociation m-metrics-prometheus",
    ]) {
      assert.ok(dependencies.includes(needed), needed);
    }
  });

  it("may reach the store and the credentials, and the endpoint's port", async () => {
    const store = egressOf(await recorded({ store: STORE, series: "used" }));
    assert.match(store, /\{"ports":\[\{"port":443,"protocol":"TCP"\}\]\}/);
    assert.match(store, /169\.254\.170\.23/);
    const endpoint = egressOf(await recorded({ endpoint: { url: URL }, series: "used" }));
    assert.match(endpoint, /\{"ports":\[\{"port":9009,"protocol":"TCP"\}\]\}/);
    assert.doesNotMatch(endpoint, /169\.254\.170\.23/);
    const inCluster = { url: "http://mimir.metrics.svc/api/v1/push" };
    assert.match(egressOf(await recorded({ endpoint: inCluster, series: "used" })), /"port":80,/);
  });

  for (const [secrets, username, expected] of [
    [
      { password: "opaque" },
      "42",
      {
        basicAuth: {
          username: { name: "prometheus-remote-write", key: "username" },
          password: { name: "prometheus-remote-write", key: "password" },
        },
      },
    ],
    [
      { token: "opaque" },
      undefined,
      {
        authorization: {
          type: "Bearer",
          credentials: { name: "prometheus-remote-write", key: "token" },
        },
      },
    ],
  ] as const) {
    it(`takes ${Object.keys(secrets).join("")} from a Secret, and Helm's values know its name only`, async () => {
      const endpoint = {
        url: URL,
        ...(username !== undefined && { username }),
        secrets: pulumi.secret<Record<string, string>>(secrets),
      };
      const recording = await recorded({ endpoint, series: "used" }, barePlatform);
      assert.deepEqual(endpointsOf(recording), [{ url: URL, ...expected, messageVersion: "V1.0" }]);
      const secret = find(recording, SECRET, "m-remote-write");
      assert.ok(isSecret(secret.inputs.stringData));
      assert.deepEqual(reveal(secret.inputs.stringData), {
        ...secrets,
        ...(username !== undefined && { username }),
      });
      const release = find(recording, RELEASE);
      assert.doesNotMatch(JSON.stringify(reveal(release.inputs.values)), /opaque/);
      const dependencies = dependenciesOf(recording, release);
      assert.ok(dependencies.includes(`${SECRET} m-remote-write`));
    });
  }

  it("goes to both, and each gets the same series", async () => {
    const recording = await recorded({ store: STORE, endpoint: { url: URL }, series: "used" });
    const endpoints = input(find(recording, RELEASE), `${SPEC}.remoteWrite`) as {
      writeRelabelConfigs: unknown;
    }[];
    assert.equal(endpoints.length, 2);
    assert.deepEqual(endpoints[0]?.writeRelabelConfigs, endpoints[1]?.writeRelabelConfigs);
  });

  it("tells replicas apart by the label that stores drop", async () => {
    const recording = await recorded({ endpoint: { url: URL }, series: "all" });
    const label = input(find(recording, RELEASE), `${SPEC}.replicaExternalLabelName`);
    assert.equal(label, "__replica__");
  });

  it("drops nothing where all series are asked for", async () => {
    const recording = await recorded({ endpoint: { url: URL }, series: "all" });
    const [endpoint] = input(find(recording, RELEASE), `${SPEC}.remoteWrite`) as object[];
    assert.deepEqual(endpoint, { url: URL, messageVersion: "V1.0" });
  });

  it("refuses a store on a platform that makes none", async () => {
    expectRejections(/remoteWrite\.store must be left out/);
    await assert.rejects(
      recorded({ store: STORE, series: "used" }, barePlatform),
      /remoteWrite\.store must be left out/,
    );
  });

  it("refuses a user without a password", async () => {
    expectRejections(/must hold password/);
    await assert.rejects(
      recorded({ endpoint: { url: URL, username: "42" }, series: "used" }),
      /must hold password; got nothing/,
    );
  });

  it("refuses a service of which the MonitoringStack was not told", async () => {
    const program = (watches: readonly WatchedService[]) =>
      recordProgram(() => {
        const watchedBy = stackOf(
          { endpoint: { url: URL }, series: "used" },
          barePlatform,
          watches,
        );
        new InstrumentedService("orders", {
          namespace: "prod",
          platform: barePlatform,
          image: "registry.example.com/orders:1.0.0",
          watchedBy,
          metrics: { preset: "opentelemetry-node" },
        });
        return {};
      });
    await program([{ preset: "opentelemetry-node" }]);
    expectRejections(/must go to long-term storage/);
    await assert.rejects(
      program([{ preset: "middleware" }]),
      /orders: every metric .* got none of .*process_memory_usage.*`watches` \(index\.ts\)/,
    );
  });
});

describe("the metrics that are written", () => {
  const written = (changes: Partial<WrittenArgs>): WrittenArgs => ({
    series: "used",
    services: [],
    controlPlaneTargets: [],
    ...changes,
  });

  it("are each there once", () => {
    const names = writtenMetrics(written({ services: [{}, {}] })) ?? [];
    assert.equal(new Set(names).size, names.length);
  });

  it("have those of a part of the control plane where it is scraped", () => {
    const has = (args: WrittenArgs) => isWritten(args)("etcd_server_has_leader");
    assert.ok(!has(written({})));
    assert.ok(has(written({ controlPlaneTargets: ["kubeEtcd"] })));
  });

  it("have what is kept beside them, whole names only", () => {
    const keep = isWritten(written({ keep: ["orders_.+"] }));
    assert.ok(keep("orders_total") && keep("up"));
    assert.ok(!keep("my_orders_total") && !keep("orders_"));
    assert.ok(isWritten(written({ series: "all" }))("anything"));
  });
});
