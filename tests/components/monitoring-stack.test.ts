import assert from "node:assert/strict";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import {
  MonitoringStack,
  type MonitoringStackArgs,
} from "../../components/monitoring-stack/monitoring-stack";
import type { IngressExposure } from "../../components/platform";
import type { Recording } from "../../simulation/recorder";
import { reveal } from "../../simulation/resource";
import { barePlatform, eksTestPlatform } from "../support/platforms";
import { expectRejections } from "../support/rejections";
import { PROVIDER } from "../support/sample-login";
import {
  childrenOf,
  cloud,
  dependenciesOf,
  elsewhere,
  find,
  input,
  isSecret,
  recordProgram,
} from "../support/simulated";

const ARGS: MonitoringStackArgs = {
  namespace: "prometheus",
  platform: eksTestPlatform,
  retentionDays: 31,
  scrapeInterval: "30s",
  grafana: { allowedCidrs: ["198.51.100.0/24", "203.0.113.7/32"] },
  alerting: {},
  runbookBaseUrl: "https://runbooks.example.com",
};
const VOLUMES = { prometheus: 50, alertmanager: 2, grafana: 10 };
const OIDC = { ...PROVIDER, viewers: ["staff"] };
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const RELEASE = "kubernetes:helm.sh/v3:Release";

const POLICIES = [
  "alertmanager",
  "api-server",
  "default-deny",
  "grafana",
  "kube-state-metrics",
  "operator",
  "prometheus",
  "stack-check",
].map((name) => `kubernetes:networking.k8s.io/v1:NetworkPolicy m-${name}`);

const recordMonitoring = (
  changes: Partial<MonitoringStackArgs> = {},
  preview = false,
  where = cloud,
): Promise<Recording> =>
  recordProgram(
    () => {
      const stack = new MonitoringStack("m", { ...ARGS, ...changes });
      return {
        grafanaUrl: stack.grafanaUrl,
        grafanaCommand: stack.grafanaCommand,
        grafanaLoadBalancer: stack.grafanaLoadBalancer,
        grafanaAdminUser: stack.grafanaAdminUser,
        grafanaAdminPassword: stack.grafanaAdminPassword,
        releaseName: stack.releaseName,
      };
    },
    preview,
    where,
  );

describe("MonitoringStack", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordMonitoring();
  });

  it("has exactly these children", () => {
    const stack = find(recording, "kubernetes-monitoring:index:MonitoringStack");
    assert.deepEqual(childrenOf(recording, stack), [
      "kubernetes:core/v1:ConfigMap m-services-dashboard",
      "kubernetes:core/v1:Namespace m",
      "kubernetes:core/v1:Namespace m-node-exporter",
      "kubernetes:core/v1:Secret m-grafana-admin",
      "kubernetes:helm.sh/v3:Release m",
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor m-kube-controller-manager",
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor m-kube-scheduler",
      "kubernetes:networking.k8s.io/v1:Ingress m-grafana",
      ...POLICIES,
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole m-control-plane",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole m-grafana",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding m-control-plane",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding m-grafana",
      "kubernetes:scheduling.k8s.io/v1:PriorityClass m",
      "random:index/randomPassword:RandomPassword m-grafana-admin",
      "random:index/randomPassword:RandomPassword m-grafana-metrics",
    ]);
  });

  it("uses the tutorial's names, so that its kubectl commands work unchanged", () => {
    const name = "kube-prometheus-stack-grafana";
    for (const type of [INGRESS, "kubernetes:core/v1:Secret"]) {
      const { inputs } = find(recording, type);
      const { metadata } = inputs as { metadata: { name: string; namespace: string } };
      assert.equal(metadata.name, name);
      assert.equal(metadata.namespace, "prometheus");
    }
    const { inputs } = find(recording, RELEASE);
    assert.equal(inputs.name, "kube-prometheus-stack");
    const secret = reveal(find(recording, "kubernetes:core/v1:Secret").inputs.stringData);
    assert.deepEqual(Object.keys(secret as object).sort(), [
      "admin-password",
      "admin-user",
      "metrics-password",
      "metrics-user",
    ]);
  });

  it("installs the pinned chart, waits for it, and takes a failed install back", () => {
    const { inputs } = find(recording, RELEASE);
    assert.equal(inputs.version, "88.5.3");
    assert.match(String(inputs.chart), /^oci:\/\/ghcr\.io\/prometheus-community\/charts\//);
    assert.equal(inputs.atomic, true);
    assert.equal(inputs.cleanupOnFail, true);
    assert.equal(inputs.skipAwait, false);
    assert.ok(Number(inputs.timeout) >= 900);
  });

  it("takes the chart from where it is told, and names a version only to a registry", async () => {
    const mirror = "oci://registry.example.com/mirror/kube-prometheus-stack";
    const mirrored = find(await recordMonitoring({ chart: mirror }), RELEASE);
    assert.deepEqual([mirrored.inputs.chart, mirrored.inputs.version], [mirror, "88.5.3"]);
    const local = find(await recordMonitoring({ chart: "./charts/own" }), RELEASE);
    assert.deepEqual([local.inputs.chart, local.inputs.version], ["./charts/own", undefined]);
  });

  it("has the password in its Secret and nowhere else", () => {
    const password = find(
      recording,
      "random:index/randomPassword:RandomPassword",
      "m-grafana-admin",
    );
    const clear = String(reveal(password.outputs.result));
    assert.equal(clear.length, 40);
    // Grafana would expand $ and braces; the simulated result is hexadecimal either way.
    assert.equal(input(password, "special"), false);
    for (const { type, inputs } of recording.resources) {
      const holds = JSON.stringify(inputs).includes(clear);
      assert.equal(holds, type === "kubernetes:core/v1:Secret", type);
    }
    assert.ok(isSecret(find(recording, "kubernetes:core/v1:Secret").inputs.stringData));
    assert.ok(isSecret(recording.outputs.grafanaAdminPassword));
    assert.ok(!isSecret(find(recording, RELEASE).inputs.values));
  });

  it("gives Grafana a new pod for another password or client secret, and Helm neither", async () => {
    const checksum = (of: Recording) =>
      String(input(find(of, RELEASE), "values.grafana.podAnnotations.checksum/credentials"));
    const withLogin = (clientSecret: string) =>
      recordMonitoring({
        grafana: {
          https: { domain: "grafana.example.com" },
          oidc: { ...OIDC, clientSecret: pulumi.secret(clientSecret) },
        },
      });
    const [one, other] = [await withLogin("opaque-one"), await withLogin("opaque-other")];
    const sums = [recording, one, other].map(checksum);
    for (const sum of sums) assert.match(sum, /^[0-9a-f]{64}$/);
    assert.equal(new Set(sums).size, 3);
    const values = find(one, RELEASE).inputs.values;
    assert.ok(!isSecret(values) && !JSON.stringify(values).includes("opaque-one"));
    const secret = reveal(find(one, "kubernetes:core/v1:Secret").inputs.stringData) as object;
    assert.ok("oidc-client-secret" in secret && secret["oidc-client-secret"] === "opaque-one");
  });

  it("makes no policies where the platform has no network to say, and no monitor of what it does not hand out", async () => {
    const { resources } = await recordMonitoring({ platform: barePlatform }, false, elsewhere);
    assert.ok(!resources.some(({ type }) => type.endsWith(":NetworkPolicy")));
    assert.ok(!resources.some(({ name }) => name.endsWith("-control-plane")));
    assert.ok(!resources.some(({ type }) => type.endsWith(":ServiceMonitor")));
  });

  it("takes metrics by OTLP where it is told to, with one replica", async () => {
    const { outputs, resources } = await recordProgram(() => {
      const { otlp } = new MonitoringStack("m", {
        ...ARGS,
        scrapeInterval: "2m",
        otlpReceiver: true,
      });
      return { endpoint: otlp?.endpoint, interval: otlp?.intervalMilliseconds };
    });
    assert.deepEqual(outputs, {
      endpoint:
        "http://kube-prometheus-stack-prometheus.prometheus.svc:9090/api/v1/otlp/v1/metrics",
      interval: 120_000,
    });
    const values = resources.find(({ type }) => type === RELEASE)?.inputs.values;
    assert.match(JSON.stringify(values), /"enableOTLPReceiver":true/);
    const refused =
      /replicas must be 1 with otlpReceiver, because what is sent reaches one replica only; got 2\. Fix: /;
    expectRejections(refused);
    await assert.rejects(recordMonitoring({ otlpReceiver: true, replicas: 2 }), refused);
  });

  it("opens the port of each mail server to Alertmanager, beside HTTPS", async () => {
    const mail = { kind: "email", to: "a@example.com", from: "b@example.com" } as const;
    const alerting = {
      receivers: [
        { ...mail, name: "one", smarthost: "smtp.example.com:587" },
        { ...mail, name: "two", smarthost: "[2001:db8::1]:2525" },
      ],
    };
    const policy = find(
      await recordMonitoring({ alerting }),
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "m-alertmanager",
    );
    const egress = input(policy, "spec.egress") as readonly { to?: object; ports: object }[];
    assert.deepEqual(
      egress.find(({ to }) => to === undefined)?.ports,
      [443, 587, 2525].map((port) => ({ protocol: "TCP", port })),
    );
  });

  it("opens the ports of the provider's endpoints to Grafana, where people log in by OpenID Connect", async () => {
    const opened = async (tokenUrl: string) => {
      const oidc = { ...OIDC, tokenUrl, clientSecret: "opaque" };
      const grafana = { https: { domain: "grafana.example.com" }, oidc };
      const policy = find(
        await recordMonitoring({ grafana }),
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "m-grafana",
      );
      const egress = input(policy, "spec.egress") as readonly { to?: object; ports: object }[];
      return egress.find(({ to }) => to === undefined)?.ports;
    };
    const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: "TCP", port }));
    assert.deepEqual(await opened("https://login.example.com/token"), ports(443));
    assert.deepEqual(await opened("https://login.example.com:8443/token"), ports(8443, 443));
  });

  it("lets the release wait for all that its pods need, and the Ingress for the release", () => {
    assert.deepEqual(dependenciesOf(recording, find(recording, RELEASE)), [
      "kubernetes:core/v1:Namespace m",
      "kubernetes:core/v1:Namespace m-node-exporter",
      "kubernetes:core/v1:Secret m-grafana-admin",
      ...POLICIES,
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding m-control-plane",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding m-grafana",
      "kubernetes:scheduling.k8s.io/v1:PriorityClass m",
      // The checksum of what is in the Secret.
      "random:index/randomPassword:RandomPassword m-grafana-admin",
      "random:index/randomPassword:RandomPassword m-grafana-metrics",
    ]);
    assert.ok(dependenciesOf(recording, find(recording, INGRESS)).includes(`${RELEASE} m`));
  });

  it("serves plain HTTP to the allowed CIDRs without a domain", () => {
    const annotations = input(find(recording, INGRESS), "metadata.annotations");
    assert.deepEqual(annotations, {
      "alb.ingress.kubernetes.io/target-type": "ip",
      "alb.ingress.kubernetes.io/healthcheck-path": "/api/health",
      "alb.ingress.kubernetes.io/inbound-cidrs": "198.51.100.0/24,203.0.113.7/32",
    });
    assert.match(String(recording.outputs.grafanaUrl), /^http:\/\/k8s-.+\.elb\.amazonaws\.com$/);
  });

  it("serves HTTPS with a redirect under a domain, and tells Grafana its address", async () => {
    const certificateArn = "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d";
    const https = { domain: "grafana.example.com", certificate: certificateArn };
    const secured = await recordMonitoring({ grafana: { https } });
    const ingress = find(secured, INGRESS);
    assert.deepEqual(input(ingress, "metadata.annotations"), {
      "alb.ingress.kubernetes.io/target-type": "ip",
      "alb.ingress.kubernetes.io/healthcheck-path": "/api/health",
      "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
      "alb.ingress.kubernetes.io/ssl-redirect": "443",
      "alb.ingress.kubernetes.io/certificate-arn": certificateArn,
      "alb.ingress.kubernetes.io/ssl-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
    });
    const [rule] = input(ingress, "spec.rules") as { host?: string }[];
    assert.equal(rule?.host, "grafana.example.com");
    assert.equal(secured.outputs.grafanaUrl, "https://grafana.example.com");
    // What the domain has to be pointed at.
    assert.match(String(secured.outputs.grafanaLoadBalancer), /^k8s-.+\.elb\.amazonaws\.com$/);
    const values = JSON.stringify(find(secured, RELEASE).inputs.values);
    assert.ok(values.includes('"root_url":"https://grafana.example.com"'));
  });

  it("protects what holds data when asked to, and nothing else", async () => {
    const guarded = await recordMonitoring({ deletionProtection: true });
    const protectedTypes = guarded.resources.filter(({ protect }) => protect).map((r) => r.type);
    assert.deepEqual(protectedTypes.sort(), ["kubernetes:core/v1:Namespace", RELEASE]);
  });

  it("asks for a dead man's switch in the preview of a protected stack that tells somebody", async () => {
    const hook = { kind: "webhook", name: "hook" } as const;
    const secrets = pulumi.secret<Record<string, string>>({
      "hook-url": "https://example.com",
      "beat-url": "https://example.com",
    });
    const told = { receivers: [hook], secrets };
    const switched = { ...told, deadMansSwitch: { kind: "webhook", name: "beat" } } as const;
    const warn = mock.method(pulumi.log, "warn", () => Promise.resolve());
    const warned = async (changes: Partial<MonitoringStackArgs>, preview: boolean) => {
      warn.mock.resetCalls();
      await recordMonitoring(changes, preview);
      return warn.mock.calls
        .map(({ arguments: [message] }) => String(message))
        .filter((message) => message.startsWith("alerting."));
    };
    try {
      const [message, ...others] = await warned({ deletionProtection: true, alerting: told }, true);
      assert.match(message ?? "", /^alerting\.deadMansSwitch must be .* Fix: pulumi config set /);
      assert.deepEqual(others, []);
      assert.deepEqual(await warned({ deletionProtection: true, alerting: told }, false), []);
      assert.deepEqual(await warned({ deletionProtection: true, alerting: switched }, true), []);
      assert.deepEqual(await warned({ deletionProtection: true, alerting: {} }, true), []);
      assert.deepEqual(await warned({ alerting: told }, true), []);
    } finally {
      warn.mock.restore();
    }
  });

  it("makes a topic for an SNS receiver and lets exactly Alertmanager publish to it", async () => {
    const alerted = await recordMonitoring({
      alerting: {
        receivers: [
          { name: "on-call", kind: "sns", region: "ap-northeast-1", email: "on-call@example.com" },
        ],
      },
    });
    const topic = find(alerted, "aws:sns/topic:Topic");
    const arn = String(topic.outputs.arn);
    assert.equal(input(topic, "name"), "eks-monitoring-test-on-call");
    const subscription = find(alerted, "aws:sns/topicSubscription:TopicSubscription");
    assert.equal(input(subscription, "endpoint"), "on-call@example.com");
    const association = find(alerted, "aws:eks/podIdentityAssociation:PodIdentityAssociation");
    assert.equal(input(association, "serviceAccount"), "kube-prometheus-stack-alertmanager");
    const policy = String(input(find(alerted, "aws:iam/rolePolicy:RolePolicy"), "policy"));
    assert.deepEqual((JSON.parse(policy) as { Statement: unknown }).Statement, [
      { Effect: "Allow", Action: "sns:Publish", Resource: [arn] },
    ]);
    const config = JSON.stringify(input(find(alerted, RELEASE), "values.alertmanager.config"));
    assert.ok(config.includes(arn));
    const release = dependenciesOf(alerted, find(alerted, RELEASE));
    assert.ok(
      release.includes(`${association.type} m-alertmanager`),
      "pods get no credentials later",
    );
  });

  it("uses a topic that is given and makes none", async () => {
    const topicArn = "arn:aws:sns:ap-northeast-1:111122223333:alerts";
    const receivers = [
      { name: "on-call", kind: "sns", region: "ap-northeast-1", topicArn },
    ] as const;
    const alerted = await recordMonitoring({ alerting: { receivers } });
    assert.ok(!alerted.resources.some(({ type }) => type === "aws:sns/topic:Topic"));
    const config = JSON.stringify(input(find(alerted, RELEASE), "values.alertmanager.config"));
    assert.ok(config.includes(topicArn));
  });

  it("keeps the receivers' secrets in a Secret that Alertmanager mounts, and out of the values", async () => {
    const address = "https://hooks.example.com/services/T0/B0/opaque";
    const alerted = await recordMonitoring({
      alerting: {
        receivers: [{ name: "chat", kind: "slack", channel: "#alerts" }],
        secrets: pulumi.secret<Record<string, string>>({ "chat-url": address }),
      },
    });
    const secret = find(alerted, "kubernetes:core/v1:Secret", "m-receivers");
    assert.ok(isSecret(secret.inputs.stringData));
    assert.deepEqual(reveal(secret.inputs.stringData), { "chat-url": address });
    const { inputs } = find(alerted, RELEASE);
    assert.ok(!isSecret(inputs.values));
    const values = JSON.stringify(inputs.values);
    assert.ok(!values.includes(address));
    assert.ok(values.includes("/etc/alertmanager/secrets/alertmanager-receivers/chat-url"));
    const others = alerted.resources.filter(({ urn }) => urn !== secret.urn);
    assert.ok(!JSON.stringify(others).includes(address));
  });

  it("refuses a receiver whose secret nobody gives", async () => {
    const receivers = [{ name: "chat", kind: "slack", channel: "#alerts" }] as const;
    const message = /alerting\.secrets must hold chat-url; got nothing\. Fix: /;
    expectRejections(message);
    await assert.rejects(recordMonitoring({ alerting: { receivers } }), message);
  });

  it("runs on a platform without ingress, topics and storage class, and says where Grafana is", async () => {
    const bare = await recordMonitoring({ platform: barePlatform, volumes: VOLUMES });
    assert.ok(!bare.resources.some(({ type }) => type.startsWith("aws:") || type === INGRESS));
    assert.equal(bare.outputs.grafanaUrl, "http://localhost:3000");
    assert.equal(
      bare.outputs.grafanaCommand,
      "kubectl --context bare port-forward --namespace prometheus service/kube-prometheus-stack-grafana 3000:80",
    );
    const values = find(bare, RELEASE).inputs.values;
    assert.ok(!JSON.stringify(values).includes("storageClassName"));
    assert.equal(input(find(bare, RELEASE), "values.kubeScheduler.enabled"), true);
    assert.equal(input(find(bare, RELEASE), "values.kubeEtcd.enabled"), false);
  });

  it("refuses a domain where nothing exposes Grafana", async () => {
    const grafana = { https: { domain: "grafana.example.com", certificate: "c" } };
    const message = /grafana\.https must be left out; got grafana\.example\.com, .* Fix: /;
    expectRejections(message);
    await assert.rejects(recordMonitoring({ platform: barePlatform, grafana }), message);
  });

  it("takes an IP address where the controller gives one, its annotations and its certificate", async () => {
    const ingressController = {
      className: "nginx",
      expose: ({ certificate }: IngressExposure) => ({
        annotations: { "example.com/exposed": "yes" },
        ...(certificate !== undefined && { tlsSecretName: certificate }),
      }),
    };
    const platform = { ...barePlatform, ingressController };
    const plain = await recordMonitoring({ platform, grafana: {} }, false, elsewhere);
    assert.equal(plain.outputs.grafanaUrl, "http://192.0.2.10");
    assert.equal(plain.outputs.grafanaLoadBalancer, "192.0.2.10");
    assert.equal(plain.outputs.grafanaCommand, undefined);
    assert.equal(input(find(plain, INGRESS), "spec.tls"), undefined);
    const https = { domain: "grafana.example.com", certificate: "grafana-tls" };
    const closed = await recordMonitoring({ platform, grafana: { https } }, false, elsewhere);
    const ingress = find(closed, INGRESS);
    assert.deepEqual(input(ingress, "metadata.annotations"), { "example.com/exposed": "yes" });
    assert.deepEqual(input(ingress, "spec.tls"), [
      { hosts: ["grafana.example.com"], secretName: "grafana-tls" },
    ]);
    assert.equal(closed.outputs.grafanaUrl, "https://grafana.example.com");
  });

  it("answers on a node port where the platform has an address for it, and refuses one elsewhere", async () => {
    const platform = { ...barePlatform, nodeAddress: "localhost" };
    const grafana = { nodePort: 30300 };
    const opened = await recordMonitoring({ platform, grafana });
    assert.equal(opened.outputs.grafanaUrl, "http://localhost:30300");
    assert.equal(opened.outputs.grafanaCommand, undefined);
    const release = find(opened, RELEASE);
    assert.deepEqual(input(release, "values.grafana.service"), {
      type: "NodePort",
      nodePort: 30300,
    });
    assert.match(
      JSON.stringify(input(release, "values.grafana")),
      /"root_url":"http:\/\/localhost:30300"/,
    );
    const message = /grafana\.nodePort must be left out; got 30300, .* Fix: /;
    expectRejections(message);
    await assert.rejects(recordMonitoring({ platform: barePlatform, grafana }), message);
  });

  it("names the platform's storage class in every claim", async () => {
    const kept = await recordMonitoring({ volumes: VOLUMES });
    const classes = JSON.stringify(find(kept, RELEASE).inputs.values).match(
      /"storageClassName":"[^"]*"/g,
    );
    assert.deepEqual(classes, Array(3).fill('"storageClassName":"gp3"'));
  });

  it("refuses a topic where the platform has none, and says what to use instead", async () => {
    const receivers = [{ name: "on-call", kind: "sns", region: "eu-west-1" }] as const;
    const message =
      /"on-call" must be of another kind than sns; got a platform without topics\. Fix: /;
    expectRejections(message);
    await assert.rejects(
      recordMonitoring({ platform: barePlatform, alerting: { receivers } }),
      message,
    );
  });

  it("ships a dashboard over all services", () => {
    const config = find(recording, "kubernetes:core/v1:ConfigMap");
    assert.equal(input(config, "metadata.annotations.grafana_folder"), "Services");
    assert.equal(input(config, "metadata.labels.grafana_dashboard"), "1");
  });

  it("does not know the address in a preview, and plans the same resources", async () => {
    const preview = await recordMonitoring({}, true);
    assert.deepEqual(
      preview.resources.map(({ urn }) => urn).sort(),
      recording.resources.map(({ urn }) => urn).sort(),
    );
    assert.equal(typeof preview.outputs.grafanaUrl === "string", false);
  });
});
