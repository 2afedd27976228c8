import assert from "node:assert/strict";
import { type Properties, type Settings, type Subject, UNKNOWN } from "../../policy/rule";
import { defaultSettings, RULES } from "../../policy/rules";

interface Case {
  readonly type: string;
  readonly passes: readonly Properties[];
  readonly fails: readonly (readonly [props: Properties, got: string])[];
  readonly stack?: string;
  readonly secretPaths?: readonly string[];
  readonly settings?: Settings;
}

const ALB = "alb.ingress.kubernetes.io";
const DIGEST = `registry.example/app@sha256:${"0".repeat(64)}`;
const CHART = "oci://registry.example/charts/kube-prometheus-stack";

const ingress = (annotations: object, spec: object = {}): Properties => ({
  metadata: { annotations },
  spec: { ingressClassName: "alb", ...spec },
});

const SOUND = {
  name: "app",
  image: DIGEST,
  resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } },
  readinessProbe: {},
  livenessProbe: {},
};

const pods = (container: object, more: object = {}): Properties => ({
  spec: { template: { spec: { containers: [{ ...SOUND, ...container }], ...more } } },
});

const release = (values: object): Properties => ({ chart: CHART, version: "1.2.3", values });

const volumes = (change: object = {}): object => ({
  prometheus: { prometheusSpec: { storageSpec: { volumeClaimTemplate: {} } } },
  alertmanager: { alertmanagerSpec: { storage: { volumeClaimTemplate: {} } } },
  ...change,
});

const cluster = (vpcConfig: object): Properties => ({ vpcConfig });

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const RELEASE = "kubernetes:helm.sh/v3:Release";

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "no-public-http": [
    {
      type: "kubernetes:networking.k8s.io/v1:Ingress",
      passes: [
        ingress({ [`${ALB}/certificate-arn`]: "arn:aws:acm:..." }),
        ingress({ [`${ALB}/inbound-cidrs`]: "203.0.113.0/24" }),
        ingress({ "nginx.ingress.kubernetes.io/whitelist-source-range": "203.0.113.0/24" }),
        ingress({ [`${ALB}/scheme`]: "internal" }),
        ingress({}, { tls: [{ hosts: ["grafana.example"] }] }),
        ingress({ [`${ALB}/inbound-cidrs`]: UNKNOWN }),
      ],
      fails: [
        [{ spec: {} }, "class nothing"],
        [ingress({}), 'class "alb"'],
        [ingress({}, { tls: [] }), 'class "alb"'],
        [ingress({ [`${ALB}/inbound-cidrs`]: "203.0.113.0/24, 0.0.0.0/0" }), "from everywhere"],
      ],
    },
    {
      type: "kubernetes:networking.k8s.io/v1:Ingress",
      settings: { internalClasses: ["private"] },
      passes: [ingress({}, { ingressClassName: "private" })],
      fails: [[ingress({}), 'class "alb"']],
    },
  ],
  "image-by-digest": [
    {
      type: DEPLOYMENT,
      passes: [pods({}), pods({ image: "localhost:5001/app:1.0.0" }), pods({ image: UNKNOWN })],
      fails: [
        [pods({ image: "registry.example/app:1.0.0" }), '"registry.example/app:1.0.0"'],
        [pods({ image: "app@sha256:short" }), '"app@sha256:short"'],
        [pods({}, { initContainers: [{ name: "init", image: "busybox" }] }), '"busybox"'],
      ],
    },
    {
      type: "kubernetes:batch/v1:CronJob",
      settings: { byTag: ["registry.example/"] },
      passes: [{ spec: { jobTemplate: pods({ image: "registry.example/app:1" }) } }],
      fails: [[{ spec: { jobTemplate: pods({ image: "elsewhere/app:1" }) } }, '"elsewhere/app:1"']],
    },
  ],
  "pod-resources": [
    {
      type: DEPLOYMENT,
      passes: [pods({}), pods({ resources: UNKNOWN })],
      fails: [
        [pods({ resources: undefined }), "nothing"],
        [pods({ resources: { requests: SOUND.resources.requests } }), "nothing"],
        [pods({ resources: { ...SOUND.resources, requests: { cpu: "1" } } }), "nothing"],
      ],
    },
    {
      type: "kubernetes:core/v1:Pod",
      passes: [{ spec: { containers: [SOUND] } }],
      fails: [[{ spec: { containers: [{ name: "app" }] } }, "nothing"]],
    },
  ],
  "pod-probes": [
    {
      type: "kubernetes:apps/v1:StatefulSet",
      passes: [pods({}), pods({ livenessProbe: UNKNOWN })],
      fails: [
        [pods({ livenessProbe: undefined }), "nothing"],
        [pods({ readinessProbe: undefined }), "nothing"],
      ],
    },
    { type: "kubernetes:batch/v1:Job", passes: [pods({ livenessProbe: undefined })], fails: [] },
  ],
  "keeps-data": [
    {
      type: RELEASE,
      passes: [release(volumes()), { chart: "oci://registry.example/other", values: {} }],
      fails: [
        [release(volumes({ prometheus: {} })), "none"],
        [
          release(volumes({ alertmanager: { alertmanagerSpec: { storage: { emptyDir: {} } } } })),
          "none",
        ],
      ],
    },
    {
      type: "kubernetes:monitoring.coreos.com/v1:Prometheus",
      passes: [{ spec: { storage: { volumeClaimTemplate: {} } } }],
      fails: [[{ spec: {} }, "none"]],
    },
    { type: RELEASE, stack: "dev", passes: [release({})], fails: [] },
    {
      type: RELEASE,
      stack: "live",
      settings: { stacks: ["live"] },
      passes: [release(volumes())],
      fails: [[release({}), "none"]],
    },
  ],
  "chart-pinned": [
    {
      type: RELEASE,
      passes: [
        release({}),
        { chart: "./charts/mine" },
        { chart: "https://charts.example/mine-1.2.3.tgz" },
        {
          chart: "mine",
          repositoryOpts: { repo: "https://charts.example" },
          version: "v1.2.3-rc.1",
        },
        { chart: CHART, version: UNKNOWN },
      ],
      fails: [
        [{ chart: CHART }, "nothing"],
        [{ chart: CHART, version: "^1.2.3" }, '"^1.2.3"'],
        [{ chart: CHART, version: "1.2.x" }, '"1.2.x"'],
        [{ chart: "mine", repositoryOpts: { repo: "https://charts.example" } }, "nothing"],
      ],
    },
  ],
  "no-secrets-in-values": [
    {
      type: RELEASE,
      passes: [
        release({
          grafana: { admin: { existingSecret: "grafana", passwordKey: "admin-password" } },
        }),
        release({ alertmanager: { config: { receivers: [{ routing_key_file: "/etc/key" }] } } }),
        release({ grafana: { adminPassword: "" } }),
        release({ grafana: { ini: UNKNOWN } }),
      ],
      fails: [
        [release({ grafana: { adminPassword: "hunter2" } }), "one"],
        [release({ grafana: { adminPassword: UNKNOWN } }), "one"],
        [
          release({
            alertmanager: {
              config: { receivers: [{ pagerduty_configs: [{ routing_key: "k" }] }] },
            },
          }),
          "one",
        ],
        [
          release({ alertmanager: { config: { global: { slack_api_url: "https://hooks" } } } }),
          "one",
        ],
        [release({ alertmanager: { config: { global: { smtp_auth_password: "p" } } } }), "one"],
      ],
    },
    {
      type: RELEASE,
      secretPaths: ["values.anything"],
      passes: [],
      fails: [[release({ anything: "of a secret Output" }), "one"]],
    },
  ],
  "api-server-networks": [
    {
      type: "aws:eks/cluster:Cluster",
      passes: [
        cluster({ publicAccessCidrs: ["203.0.113.0/24"] }),
        cluster({ endpointPublicAccess: false }),
        cluster({ publicAccessCidrs: UNKNOWN }),
      ],
      fails: [
        [cluster({}), '["0.0.0.0/0"]'],
        [cluster({ publicAccessCidrs: ["203.0.113.0/24", "0.0.0.0/0"] }), "0.0.0.0/0"],
      ],
    },
  ],
  "volumes-encrypted": [
    {
      type: "kubernetes:storage.k8s.io/v1:StorageClass",
      passes: [
        { provisioner: "ebs.csi.eks.amazonaws.com", parameters: { encrypted: "true" } },
        { provisioner: "rancher.io/local-path" },
      ],
      fails: [
        [{ provisioner: "ebs.csi.eks.amazonaws.com" }, "nothing"],
        [{ provisioner: "ebs.csi.aws.com", parameters: { encrypted: "false" } }, '"false"'],
      ],
    },
    {
      type: "aws:ebs/volume:Volume",
      passes: [{ encrypted: true }, { encrypted: UNKNOWN }],
      fails: [
        [{}, "nothing"],
        [{ encrypted: false }, "false"],
      ],
    },
  ],
};

describe("the policies", () => {
  it("have cases, each rule", () => {
    assert.deepEqual(
      RULES.map(({ name }) => name),
      Object.keys(CASES),
    );
  });

  for (const rule of RULES) {
    const { name } = rule;
    const check = (
      props: Properties,
      { type, stack = "prod", secretPaths = [], settings }: Case,
    ) => {
      const subject: Subject = { type, name: "tried", stack, props, secretPaths };
      return rule.check(subject, { ...defaultSettings(rule), ...settings });
    };

    it(`let pass what is right: ${name}`, () => {
      for (const each of CASES[name] ?? []) {
        for (const props of each.passes)
          assert.deepEqual(check(props, each), [], shownProps(props));
      }
    });

    it(`refuse what is wrong, once, with a way to mend it: ${name}`, () => {
      for (const each of CASES[name] ?? []) {
        for (const [props, got] of each.fails) {
          const sentences = check(props, each);
          assert.ok(sentences.length > 0, shownProps(props));
          assert.equal(new Set(sentences).size, sentences.length);
          for (const sentence of sentences) {
            assert.match(sentence, /^[^;]*\btried\b[^;]* must [^;]+; got .+\. Fix: .+/);
            assert.ok(sentence.split("; got ")[1]?.includes(got), sentence);
          }
        }
      }
    });

    it(`say nothing of a resource of another kind: ${name}`, () => {
      const other: Case = { type: "kubernetes:core/v1:ConfigMap", passes: [], fails: [] };
      for (const each of CASES[name] ?? []) {
        for (const [props] of each.fails) assert.deepEqual(check(props, other), []);
      }
    });
  }

  it("never print the secret that they refuse", () => {
    const rule = RULES.find(({ name }) => name === "no-secrets-in-values");
    const props = release({ grafana: { adminPassword: "hunter2" } });
    const subject = { type: RELEASE, name: "r", stack: "prod", props, secretPaths: [] };
    const sentences = rule?.check(subject, {}) ?? [];
    assert.equal(sentences.length, 1);
    assert.ok(!sentences.join().includes("hunter2"));
  });
});

const shownProps = (props: Properties): string =>
  JSON.stringify(props, (_key, value: unknown) => (value === UNKNOWN ? "unknown" : value));
