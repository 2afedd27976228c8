import { versions } from "../../versions";
import { type FilledKind, PROJECT_NAME, STACK, type StackKind } from "./unusual-stacks";

/** What must show a value: an input or the provider of resources, or an output of the stack. */
export type Shown = (ShownInput | ShownProvider | ShownProtect | ShownAbsence | ShownOutput) & {
  /** The stack that shows it. @default "full" */
  readonly in?: StackKind;
};

interface ShownInput {
  readonly type: string;
  readonly name: string;
  /** Path in the inputs, such as "spec.minReplicas". */
  readonly path: string;
  /** The value itself, or a pattern for its JSON. */
  readonly value: unknown;
}

/** Every resource of the type has a provider whose URN ends so. */
interface ShownProvider {
  readonly type: string;
  readonly providerUrn: string;
}

/** The resource is protected from deletion. */
interface ShownProtect {
  readonly type: string;
  readonly name: string;
  readonly protect: true;
}

/** No resource is of the type, or of the type and name. */
interface ShownAbsence {
  readonly type: string;
  readonly name?: string;
  readonly absent: true;
}

interface ShownOutput {
  readonly output: string;
  readonly value: unknown;
}

/** What an unusual value of a config key must lead to. */
export type ConfigWire =
  | {
      readonly value: string;
      readonly shows: readonly Shown[];
      /** The stacks that have it. @default full */
      readonly stacks?: readonly FilledKind[];
    }
  | {
      /** A value that must be refused, with the other keys that make it wrong. */
      readonly value: string;
      readonly with?: Readonly<Record<string, string>>;
      readonly refused: RegExp;
    };

const CLUSTER = "eks:index:Cluster";
const VPC = "awsx:ec2:Vpc";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const CLASS_PARAMS = "kubernetes:eks.amazonaws.com/v1:IngressClassParams";
const NODE_CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass";
const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";
const POOL_REQUIREMENTS = "spec.template.spec.requirements";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
const CERTIFICATE_TYPE = "aws:acm/certificate:Certificate";
const RECORD = "aws:route53/record:Record";
const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const SECRET = "kubernetes:core/v1:Secret";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject";
const RULES = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";
const JOB = "kubernetes:batch/v1:Job";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const IMAGE = "docker-build:index:Image";
const KUBERNETES_PROVIDER_TYPE = "pulumi:providers:kubernetes";
const TABLE = "aws:dynamodb/table:Table";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const BUDGET = "aws:budgets/budget:Budget";
const WORKSPACE = "aws:amp/workspace:Workspace";
const WORKSPACE_LIMITS = "aws:amp/workspaceConfiguration:WorkspaceConfiguration";
const AWS_PROVIDER = "pulumi:providers:aws";
const KUBERNETES_PROVIDER = "Cluster$pulumi:providers:kubernetes::cluster";
const PREFIX = `${PROJECT_NAME}-${STACK}`;
const QUOTE_SERVICE = "services/quote-service.ts";
const TASK_SERVICE = "services/task-service.ts";

const on = (type: string, name: string, path: string, value: unknown): Shown => ({
  type,
  name,
  path,
  value,
});
const release = (path: string, value: unknown): Shown =>
  on(RELEASE, "monitoring", `values.${path}`, value);
const deployed = (path: string, value: unknown): Shown =>
  on(DEPLOYMENT, "task-service", path, value);

const quoteRules = (value: RegExp): Shown => on(RULES, "quote-service-rules", "spec", value);

const provider = (type: string, providerUrn: string): Shown => ({ type, providerUrn });

const CERTIFICATE = "arn:aws:acm:us-west-2:111122223333:certificate/0a1b2c3d";
const ROLE = "arn:aws:iam::111122223333:role/team/platform";
const OTHER_IMAGE = "111122223333.dkr.ecr.us-west-2.amazonaws.com/quotes:7.1.0";
const READY_IMAGE = "111122223333.dkr.ecr.us-west-2.amazonaws.com/other:3.2.1";

/** Every config key, with a value that no default and no checked-in stack has. */
export const configWires = {
  platform: {
    value: "kubeconfig",
    shows: [
      { type: CLUSTER, absent: true, in: "laptop" },
      { type: AWS_PROVIDER, absent: true, in: "ingress" },
      on(CLUSTER, "cluster", "name", "observed-7"),
    ],
    stacks: ["ingress", "laptop"],
  },
  "aws:region": {
    value: "us-west-2",
    shows: [
      on(AWS_PROVIDER, "aws", "region", "us-west-2"),
      on(
        DEPLOYMENT,
        "task-service",
        "spec.template.spec.containers",
        /"AWS_REGION","value":"us-west-2"/,
      ),
      {
        output: "kubeconfigCommand",
        value: "aws eks update-kubeconfig --region us-west-2 --name observed-7",
      },
    ],
  },
  clusterName: {
    value: "observed-7",
    shows: [
      on(CLUSTER, "cluster", "name", "observed-7"),
      on(KUBERNETES_PROVIDER_TYPE, "cluster", "clusterIdentifier", "observed-7"),
      on(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "task-service",
        "clusterName",
        "observed-7",
      ),
      { output: "clusterName", value: "observed-7" },
      release("prometheus.prometheusSpec.externalLabels", { cluster: "observed-7", stack: STACK }),
    ],
  },
  kubernetesVersion: {
    value: "1.36",
    shows: [
      on(CLUSTER, "cluster", "version", "1.36"),
      release("crds.upgradeJob.image.kubectl.tag", "v1.36.0"),
      { ...release("crds.upgradeJob.image.kubectl.tag", "v1.36.0"), in: "laptop" },
    ],
    stacks: ["full", "laptop"],
  },
  compute: { value: "managed", refused: /compute/ },
  kubeContext: {
    value: "unusual-context",
    shows: [
      { ...on(KUBERNETES_PROVIDER_TYPE, "cluster", "context", "unusual-context"), in: "laptop" },
      { output: "clusterName", value: "unusual-context", in: "laptop" },
      {
        ...release("prometheus.prometheusSpec.externalLabels.cluster", "unusual-context"),
        in: "laptop",
      },
    ],
    stacks: ["ingress", "laptop"],
  },
  ingressClass: {
    value: "unusual-class",
    shows: [
      {
        ...on(INGRESS, "monitoring-grafana", "spec.ingressClassName", "unusual-class"),
        in: "ingress",
      },
      { type: INGRESS, absent: true, in: "laptop" },
    ],
    stacks: ["ingress"],
  },
  ingressAnnotations: {
    value: '{"unusual.example/limit":"7"}',
    shows: [
      {
        ...on(INGRESS, "monitoring-grafana", "metadata.annotations", {
          "unusual.example/limit": "7",
        }),
        in: "ingress",
      },
    ],
    stacks: ["ingress"],
  },
  grafanaTlsSecret: {
    value: "unusual-tls",
    shows: [
      { ...on(INGRESS, "monitoring-grafana", "spec.tls", /"unusual-tls"/), in: "ingress" },
      { ...on(INGRESS, "monitoring-grafana", "spec.tls", null), in: "domain" },
    ],
    stacks: ["ingress"],
  },
  grafanaNodePort: {
    value: "31777",
    shows: [{ ...release("grafana.service.nodePort", 31777), in: "laptop" }],
    stacks: ["laptop"],
  },
  nodeAddress: {
    value: "node.unusual.example",
    shows: [{ output: "grafanaUrl", value: "http://node.unusual.example:31777", in: "laptop" }],
    stacks: ["laptop"],
  },
  storageClass: {
    value: "unusual-fast",
    shows: [
      { ...release("grafana.persistence.storageClassName", "unusual-fast"), in: "ingress" },
      // Without one the cluster's default is not named: an empty name would mean no class at all.
      {
        ...release("prometheus.prometheusSpec.storageSpec", /^(?!.*storageClassName)/),
        in: "laptop",
      },
    ],
    stacks: ["ingress"],
  },
  imageRegistry: {
    value: "registry.unusual.example:5007",
    shows: [
      {
        ...on(IMAGE, "task-service", "tags", ["registry.unusual.example:5007/task-service:latest"]),
        in: "laptop",
      },
    ],
    stacks: ["laptop"],
  },
  nodeArchitecture: {
    value: "arm64",
    shows: [
      on(NODE_POOL, "cluster-nodes", POOL_REQUIREMENTS, /"kubernetes.io\/arch".*\["arm64"\]/),
      { ...on(IMAGE, "task-service", "platforms", ["linux/arm64"]), in: "zone" },
      { ...on(IMAGE, "task-service", "platforms", ["linux/arm64"]), in: "laptop" },
      { ...on(IMAGE, "task-service", "platforms", ["linux/amd64"]), in: "plain" },
      {
        ...deployed("spec.template.spec.nodeSelector", { "kubernetes.io/arch": "arm64" }),
        in: "zone",
      },
    ],
    stacks: ["full", "laptop", "zone"],
  },
  nodeCategories: {
    value: '["r","x"]',
    shows: [
      on(NODE_POOL, "cluster-nodes", POOL_REQUIREMENTS, /instance-category".*\["r","x"\]/),
      {
        ...on(NODE_POOL, "cluster-nodes", POOL_REQUIREMENTS, /category".*\["c","m","r"\]/),
        in: "plain",
      },
    ],
  },
  nodeVcpuLimit: {
    value: "38",
    shows: [on(NODE_POOL, "cluster-nodes", "spec.limits", { cpu: "38" })],
  },
  nodeExpiryDays: {
    value: "9",
    shows: [on(NODE_POOL, "cluster-nodes", "spec.template.spec.expireAfter", "216h")],
  },
  nodeDisruptionBudgets: {
    value: '[{"nodes":"0","reasons":["Drifted"],"schedule":"0 7 * * sat","duration":"9h"}]',
    shows: [
      on(NODE_POOL, "cluster-nodes", "spec.disruption.budgets", [
        { nodes: "0", reasons: ["Drifted"], schedule: "0 7 * * sat", duration: "9h" },
      ]),
      { ...on(NODE_POOL, "cluster-nodes", "spec.disruption.budgets", null), in: "plain" },
    ],
  },
  tags: {
    value: '{"unusual-center":"observers"}',
    shows: [
      on(AWS_PROVIDER, "aws", "defaultTags", /unusual-center[\\":]+observers/),
      on(NODE_CLASS, "cluster-nodes", "spec.tags", {
        "unusual-center": "observers",
        project: PROJECT_NAME,
        stack: STACK,
        "managed-by": "pulumi",
      }),
      on(STORAGE_CLASS, "cluster-gp3", "parameters", /"unusual-center=observers"/),
      on(CLASS_PARAMS, "cluster-alb-params", "spec.tags", /"unusual-center","value":"observers"/),
      on("aws:iam/rolePolicy:RolePolicy", "cluster-tags", "policy", /ec2:RunInstances/),
      { ...on(NODE_CLASS, "cluster-nodes", "spec.tags", null), in: "plain" },
      { type: "aws:iam/rolePolicy:RolePolicy", name: "cluster-tags", absent: true, in: "plain" },
    ],
  },
  controlPlaneTargets: {
    value: '["kubeEtcd","kubeProxy"]',
    shows: [
      { ...release("kubeEtcd.enabled", true), in: "laptop" },
      { ...release("coreDns.enabled", false), in: "laptop" },
      { ...release("kubeEtcd.enabled", false), in: "plain" },
    ],
    stacks: ["laptop"],
  },
  controlPlaneLogs: {
    value: '["audit","scheduler"]',
    shows: [
      on(CLUSTER, "cluster", "enabledClusterLogTypes", ["audit", "scheduler"]),
      on(LOG_GROUP, "cluster-logs", "name", "/aws/eks/observed-7/cluster"),
      { type: LOG_GROUP, name: "cluster-logs", protect: true },
      { type: LOG_GROUP, absent: true, in: "plain" },
    ],
  },
  controlPlaneLogDays: {
    value: "545",
    shows: [on(LOG_GROUP, "cluster-logs", "retentionInDays", 545)],
  },
  controlPlaneMetrics: {
    value: "false",
    shows: [
      release("kubeScheduler.enabled", false),
      { ...release("kubeControllerManager.enabled", true), in: "plain" },
    ],
  },
  availabilityZones: {
    value: '["us-west-2d","us-west-2b"]',
    shows: [
      on(VPC, "cluster", "availabilityZoneNames", ["us-west-2d", "us-west-2b"]),
      release("prometheus.prometheusSpec.topologySpreadConstraints", /DoNotSchedule/),
    ],
  },
  vpcCidr: { value: "10.64.0.0/18", shows: [on(VPC, "cluster", "cidrBlock", "10.64.0.0/18")] },
  natGateways: {
    value: "per-zone",
    shows: [
      on(
        "aws:ec2/natGateway:NatGateway",
        "cluster-nat-us-west-2b",
        "tags.Name",
        "observed-7-us-west-2b",
      ),
    ],
  },
  apiServerCidrs: {
    value: '["198.51.100.0/25"]',
    shows: [on(CLUSTER, "cluster", "publicAccessCidrs", ["198.51.100.0/25"])],
  },
  adminRoleArns: {
    value: `["${ROLE}"]`,
    shows: [on(CLUSTER, "cluster", "accessEntries", new RegExp(ROLE))],
  },
  networkPolicies: {
    value: "false",
    shows: [
      { type: NETWORK_POLICY, absent: true },
      { type: NETWORK_POLICY, absent: true, in: "laptop" },
      { type: "kubernetes:core/v1:ConfigMapPatch", absent: true },
      {
        ...on("kubernetes:core/v1:ConfigMapPatch", "cluster-network-policies", "data", /true/),
        in: "plain",
      },
      { ...on(NETWORK_POLICY, "services-default-deny", "metadata.namespace", "prod"), in: "plain" },
      { ...on(NETWORK_POLICY, "monitoring-grafana", "spec.ingress", /3000/), in: "ingress" },
    ],
    stacks: ["full", "laptop"],
  },
  monitoringNamespace: {
    value: "watch",
    shows: [
      on(NAMESPACE, "monitoring", "metadata.name", "watch"),
      on(RELEASE, "monitoring", "namespace", "watch"),
      on(INGRESS, "monitoring-grafana", "metadata.namespace", "watch"),
    ],
  },
  serviceNamespace: {
    value: "shop",
    shows: [
      on(NAMESPACE, "services", "metadata.name", "shop"),
      deployed("metadata.namespace", "shop"),
      on(RULES, "task-service-rules", "spec", /namespace=\\"shop\\"/),
    ],
  },
  chart: {
    value: "oci://registry.unusual.example:5000/mirror/kube-prometheus-stack",
    shows: [
      on(RELEASE, "monitoring", "chart", /registry\.unusual\.example:5000\/mirror/),
      { ...on(RELEASE, "monitoring", "chart", versions.kubePrometheusStack.chart), in: "plain" },
    ],
  },
  chartValues: {
    value:
      '{"prometheus":{"prometheusSpec":{"logLevel":"debug"}},"prometheusOperator":{"logLevel":null}}',
    shows: [
      release("prometheus.prometheusSpec.logLevel", "debug"),
      release("prometheusOperator", /"logLevel":null/),
    ],
  },
  retentionDays: { value: "45", shows: [release("prometheus.prometheusSpec.retention", "45d")] },
  retentionSize: {
    value: "33GiB",
    shows: [release("prometheus.prometheusSpec.retentionSize", "33GiB")],
  },
  persistence: {
    value: "true",
    shows: [
      release("prometheus.prometheusSpec.storageSpec", /volumeClaimTemplate/),
      { ...release("prometheus.prometheusSpec.storageSpec", null), in: "plain" },
    ],
    stacks: ["full", "ingress", "laptop"],
  },
  prometheusVolumeGiB: {
    value: "66",
    shows: [release("prometheus.prometheusSpec.storageSpec", /"storage":"66Gi"/)],
  },
  alertmanagerVolumeGiB: {
    value: "3",
    shows: [release("alertmanager.alertmanagerSpec.storage", /"storage":"3Gi"/)],
  },
  grafanaPersistence: {
    value: "true",
    shows: [
      release("grafana.persistence.enabled", true),
      { ...release("grafana.persistence.enabled", false), in: "laptop" },
    ],
    stacks: ["full", "ingress"],
  },
  grafanaVolumeGiB: { value: "12", shows: [release("grafana.persistence.size", "12Gi")] },
  prometheusReplicas: {
    value: "3",
    shows: [
      release("prometheus.prometheusSpec.replicas", 3),
      release("alertmanager.alertmanagerSpec.replicas", 3),
      on(RELEASE, "keda", "values.operator.replicaCount", 2),
    ],
  },
  otlpReceiver: {
    value: "true",
    shows: [
      { ...release("prometheus.prometheusSpec.enableOTLPReceiver", true), in: "ingress" },
      { ...release("prometheus.prometheusSpec.otlp", /k8s.pod.name/), in: "ingress" },
      release("prometheus.prometheusSpec.enableOTLPReceiver", null),
    ],
    stacks: ["ingress"],
  },
  scrapeInterval: {
    value: "17s",
    shows: [
      release("prometheus.prometheusSpec.scrapeInterval", "17s"),
      release("prometheus.prometheusSpec.evaluationInterval", "17s"),
    ],
  },
  managedPrometheus: {
    value: "true",
    shows: [
      on(WORKSPACE, "monitoring-metrics", "alias", PREFIX),
      provider(WORKSPACE, "::aws"),
      on("aws:iam/role:Role", "monitoring-metrics-prometheus", "name", `${PREFIX}-prometheus`),
      on(
        "aws:iam/rolePolicy:RolePolicy",
        "monitoring-metrics-prometheus",
        "policy",
        /aps:RemoteWrite.*arn:aws:aps:us-west-2/,
      ),
      on(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "monitoring-metrics-prometheus",
        "serviceAccount",
        "kube-prometheus-stack-prometheus",
      ),
      release("prometheus.prometheusSpec.remoteWrite", /"sigv4":\{"region":"us-west-2"\}/),
      release("prometheus.prometheusSpec.replicaExternalLabelName", "__replica__"),
      { type: WORKSPACE, absent: true, in: "plain" },
    ],
  },
  managedPrometheusSeries: {
    value: "77777",
    shows: [on(WORKSPACE_LIMITS, "monitoring-metrics", "limitsPerLabelSets", /"maxSeries":77777/)],
  },
  managedPrometheusDays: {
    value: "77",
    shows: [on(WORKSPACE_LIMITS, "monitoring-metrics", "retentionPeriodInDays", 77)],
  },
  remoteWrite: {
    value: '{"url":"https://metrics.unusual.example:7443/push","username":"unusual-user"}',
    shows: [
      {
        ...release("prometheus.prometheusSpec.remoteWrite", /metrics\.unusual\.example:7443/),
        in: "laptop",
      },
      {
        ...release("prometheus.prometheusSpec.remoteWrite", /"basicAuth":\{"password"/),
        in: "laptop",
      },
      { ...release("prometheus.prometheusSpec.remoteWrite", null), in: "plain" },
    ],
    stacks: ["laptop"],
  },
  remoteWriteSecrets: {
    value: '{"password":"unusual-remote-password"}',
    shows: [
      {
        ...on(SECRET, "monitoring-remote-write", "stringData", {
          password: "unusual-remote-password",
          username: "unusual-user",
        }),
        in: "laptop",
      },
    ],
    stacks: ["laptop"],
  },
  remoteWriteSeries: {
    value: "all",
    shows: [
      { ...release("prometheus.prometheusSpec.remoteWrite", /^(?!.*"keep")/), in: "laptop" },
      release("prometheus.prometheusSpec.remoteWrite", /"action":"keep"/),
    ],
    stacks: ["laptop"],
  },
  remoteWriteKeep: {
    value: '["unusual_.+"]',
    shows: [release("prometheus.prometheusSpec.remoteWrite", /\|unusual_\.\+"/)],
  },
  grafanaDomain: {
    value: "grafana.unusual.example",
    shows: [
      on(INGRESS, "monitoring-grafana", "spec.rules", /"host":"grafana.unusual.example"/),
      release("grafana", /"root_url":"https:\/\/grafana.unusual.example"/),
      { output: "grafanaUrl", value: "https://grafana.unusual.example" },
      { output: "grafanaUrl", value: /^"http:/, in: "plain" },
    ],
    stacks: ["full", "ingress", "zone"],
  },
  grafanaCertificateArn: {
    value: CERTIFICATE,
    shows: [on(INGRESS, "monitoring-grafana", "metadata.annotations", new RegExp(CERTIFICATE))],
  },
  hostedZone: {
    value: "unusual.example",
    shows: [
      {
        ...on(CERTIFICATE_TYPE, "monitoring-grafana", "domainName", "grafana.unusual.example"),
        in: "zone",
      },
      { type: CERTIFICATE_TYPE, absent: true },
      { ...on(RECORD, "monitoring-grafana", "name", "grafana.unusual.example"), in: "zone" },
      { type: RECORD, absent: true },
    ],
    stacks: ["zone"],
  },
  loadBalancerScheme: {
    value: "internal",
    shows: [
      on(CLASS_PARAMS, "cluster-alb-params", "spec.scheme", "internal"),
      { ...on(CLASS_PARAMS, "cluster-alb-params", "spec.scheme", "internet-facing"), in: "plain" },
    ],
  },
  grafanaAllowedCidrs: {
    value: '["198.51.100.64/26"]',
    shows: [
      on(
        INGRESS,
        "monitoring-grafana",
        "metadata.annotations",
        /inbound-cidrs":"198.51.100.64\/26"/,
      ),
    ],
  },
  grafanaOidc: {
    value: JSON.stringify({
      clientId: "unusual-client",
      authUrl: "https://login.unusual.example/authorize",
      tokenUrl: "https://login.unusual.example/token",
      apiUrl: "https://login.unusual.example/userinfo",
      viewers: ["unusual-staff"],
    }),
    shows: [
      release("grafana", /"client_id":"unusual-client"/),
      release("grafana", /unusual-staff.*'Viewer'/),
      { ...release("grafana", /^(?!.*generic_oauth)/), in: "plain" },
    ],
  },
  grafanaSecrets: {
    value: '{"oidc-client-secret":"unusual-client-secret"}',
    shows: [
      on(SECRET, "monitoring-grafana-admin", "stringData", /"unusual-client-secret"/),
      release("grafana.envValueFrom", /GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET/),
    ],
  },
  receivers: {
    value: JSON.stringify([
      { name: "chat", kind: "slack", channel: "#unusual", severities: ["critical"] },
      { name: "tickets", kind: "sns", email: "tickets@unusual.example" },
    ]),
    shows: [
      release("alertmanager.config", /"channel":"#unusual"/),
      on(
        "aws:sns/topicSubscription:TopicSubscription",
        "monitoring-tickets",
        "endpoint",
        "tickets@unusual.example",
      ),
      on("aws:sns/topic:Topic", "monitoring-tickets", "name", `${PREFIX}-tickets`),
    ],
  },
  requireReceiver: { value: "true", with: { receivers: "[]" }, refused: /receivers/ },
  receiverSecrets: {
    value: '{"chat-url":"https://chat.example","dead-mans-switch-url":"https://switch.example"}',
    shows: [
      on(SECRET, "monitoring-receivers", "stringData", {
        "chat-url": "https://chat.example",
        "dead-mans-switch-url": "https://switch.example",
      }),
      release("alertmanager.config", /dead-mans-switch-url/),
    ],
  },
  runbookBaseUrl: {
    value: "https://runbooks.unusual.example/pages",
    shows: [
      on(RULES, "task-service-rules", "spec", /https:\/\/runbooks.unusual.example\/pages\/slo.md/),
      // Without an address the pages are named and nothing links to them.
      {
        ...on(RULES, "task-service-rules", "spec", /^(?!.*runbook_url).*docs\/runbooks\/slo\.md/s),
        in: "plain",
      },
    ],
  },
  services: {
    value: '["task-service","quote-service"]',
    shows: [
      on(DEPLOYMENT, "quote-service", "metadata.name", "quote-service"),
      { type: DEPLOYMENT, name: "quote-service", absent: true, in: "plain" },
      { type: DEPLOYMENT, name: "task-service", absent: true, in: "quotes" },
      { output: "services", value: /"quote-service":\{"alive":.*"image":/ },
    ],
    stacks: ["full", "ingress"],
  },
  serviceImages: {
    value: `{"task-service":"${READY_IMAGE}","quote-service":"${OTHER_IMAGE}"}`,
    shows: [
      deployed("spec.template.spec.containers", new RegExp(`"image":"${READY_IMAGE}"`)),
      on(
        DEPLOYMENT,
        "quote-service",
        "spec.template.spec.containers",
        new RegExp(`"image":"${OTHER_IMAGE}"`),
      ),
    ],
    stacks: ["full", "ingress"],
  },
  taskServiceReplicas: {
    value: "4",
    shows: [
      on(SCALED_OBJECT, "task-service", "spec.minReplicaCount", 4),
      on(SCALED_OBJECT, "task-service", "spec.maxReplicaCount", 20),
      // Tasks in memory: one pod.
      { ...on(AUTOSCALER, "task-service", "spec.maxReplicas", 1), in: "plain" },
    ],
  },
  taskServiceRequestsPerSecond: {
    value: "70",
    shows: [
      on(SCALED_OBJECT, "task-service", "spec.triggers", /"threshold":"70"/),
      { type: AUTOSCALER, name: "task-service", absent: true },
      { type: RELEASE, name: "keda", absent: true, in: "plain" },
      { type: SCALED_OBJECT, absent: true, in: "plain" },
    ],
    stacks: ["full", "zone"],
  },
  taskStore: {
    value: "dynamodb",
    shows: [
      { type: TABLE, absent: true, in: "plain" },
      on(TABLE, "tasks", "name", `${PREFIX}-tasks`),
      deployed(
        "spec.template.spec.containers",
        /"TASK_TABLE_NAME","value":"unusual-project-seven-tasks"/,
      ),
    ],
    stacks: ["full", "zone"],
  },
  kedaNamespace: {
    value: "unusual-keda",
    shows: [
      on(NAMESPACE, "keda", "metadata.name", "unusual-keda"),
      on(RELEASE, "keda", "namespace", "unusual-keda"),
      {
        ...on(NETWORK_POLICY, "task-service-autoscaler", "spec.ingress", /unusual-keda/),
        in: "zone",
      },
    ],
    stacks: ["full", "zone"],
  },
  kedaChart: {
    value: "oci://registry.unusual.example:5000/mirror/keda",
    shows: [
      on(RELEASE, "keda", "chart", /registry\.unusual\.example:5000\/mirror\/keda/),
      { ...on(RELEASE, "keda", "chart", "keda"), in: "zone" },
    ],
  },
  stackCheck: {
    value: "false",
    shows: [
      { type: JOB, absent: true, in: "laptop" },
      on(JOB, "stack-check", "metadata.namespace", "watch"),
    ],
    stacks: ["laptop"],
  },
  stackCheckImage: {
    value: "registry.unusual.example:5007/node:24.21.0",
    shows: [
      on(
        JOB,
        "stack-check",
        "spec.template.spec.containers",
        /"image":"registry\.unusual\.example:5007\/node:24\.21\.0"/,
      ),
      {
        ...on(JOB, "stack-check", "spec.template.spec.containers", new RegExp(versions.node)),
        in: "plain",
      },
    ],
  },
  budgetUsd: {
    value: "777",
    shows: [
      on(BUDGET, "budget", "limitAmount", "777"),
      on(BUDGET, "budget", "name", PREFIX),
      on(BUDGET, "budget", "filterExpression", /"stack","values":\["seven"\].*"observed-7"/),
      provider(BUDGET, "::aws"),
      { type: BUDGET, absent: true, in: "plain" },
    ],
  },
  budgetEmail: {
    value: "budget@unusual.example",
    shows: [
      on(
        "aws:sns/topicSubscription:TopicSubscription",
        "budget",
        "endpoint",
        "budget@unusual.example",
      ),
      on("aws:sns/topic:Topic", "budget", "name", `${PREFIX}_budget`),
    ],
  },
  deletionProtection: {
    value: "true",
    shows: [
      on(CLUSTER, "cluster", "deletionProtection", true),
      on(TABLE, "tasks", "deletionProtectionEnabled", true),
      { type: RELEASE, name: "monitoring", protect: true },
      { type: NAMESPACE, name: "monitoring", protect: true },
    ],
  },
} as const satisfies Readonly<Record<string, ConfigWire>>;

/**
 * Where each argument that index.ts and services/*.ts pass must show, by its place in the source; what
 * carries a whole part of the configuration shows one of its values.
 */
export const argumentWires: Readonly<Record<string, readonly Shown[]>> = {
  "index.ts createStackCluster args": configWires.clusterName.shows,
  "components/stack-cluster.ts createEks args": configWires.clusterName.shows,
  "components/stack-cluster.ts ExistingCluster cluster args": configWires.kubeContext.shows,
  "components/cluster/eks.ts aws.Provider aws args.region": configWires["aws:region"].shows,
  "components/cluster/eks.ts aws.Provider aws args.defaultTags.tags": [
    ...configWires.tags.shows,
    on(AWS_PROVIDER, "aws", "defaultTags", /unusual-project/),
    on(AWS_PROVIDER, "aws", "defaultTags", /stack[\\":]+seven/),
    on(AWS_PROVIDER, "aws", "defaultTags", /managed-by[\\":]+pulumi/),
  ],
  "components/cluster/eks.ts createBudget budget args....budget": configWires.budgetUsd.shows,
  "components/cluster/eks.ts createBudget budget args.prefix": [
    on(BUDGET, "budget", "name", PREFIX),
  ],
  "components/cluster/eks.ts createBudget budget args.tags": [
    on(BUDGET, "budget", "filterExpression", /"stack","values":\["seven"\]/),
  ],
  "components/cluster/eks.ts createBudget budget args.clusterName": [
    on(BUDGET, "budget", "filterExpression", /eks:eks-cluster-name.*"observed-7"/),
  ],
  "components/cluster/eks.ts createBudget budget opts.provider": [provider(BUDGET, "::aws")],
  "components/cluster/eks.ts Cluster cluster args....args": configWires.vpcCidr.shows,
  "components/cluster/eks.ts Cluster cluster args.autoModeTags": configWires.tags.shows,
  "components/cluster/eks.ts Cluster cluster opts.providers.aws": [
    provider("aws:ec2/eip:Eip", "::aws"),
  ],
  "index.ts MonitoringStack monitoring args....config.monitoring": configWires.retentionDays.shows,
  "index.ts MonitoringStack monitoring args.platform": [
    on(INGRESS, "monitoring-grafana", "spec.ingressClassName", "alb"),
  ],
  "index.ts MonitoringStack monitoring args.watches": [
    release("prometheus.prometheusSpec.remoteWrite", /\|tasks_overdue\|/),
    release("prometheus.prometheusSpec.remoteWrite", /\|quotes_served_total\|/),
  ],
  "index.ts MonitoringStack monitoring opts.providers": [
    provider(RELEASE, KUBERNETES_PROVIDER),
    provider("aws:sns/topic:Topic", "::aws"),
  ],
  "index.ts Keda keda args....config.keda": configWires.kedaNamespace.shows,
  "index.ts Keda keda args.platform": [
    { ...on(NETWORK_POLICY, "keda-default-deny", "spec.podSelector", {}), in: "zone" },
  ],
  "index.ts Keda keda args.watchedBy": [
    on(RELEASE, "keda", "values.prometheus.operator.serviceMonitor.additionalLabels", {
      release: "kube-prometheus-stack",
    }),
  ],
  "index.ts Keda keda args.priorityClassName": [
    on(RELEASE, "keda", "values.priorityClassName", "kube-prometheus-stack"),
  ],
  "index.ts Keda keda opts.providers": [provider(RELEASE, KUBERNETES_PROVIDER)],
  "index.ts deployTaskService args.keda": configWires.kedaNamespace.shows,
  "index.ts ServiceNamespace services args.namespace": configWires.serviceNamespace.shows,
  "index.ts ServiceNamespace services args.platform": [
    { ...on(NETWORK_POLICY, "services-default-deny", "spec.podSelector", {}), in: "plain" },
  ],
  "index.ts ServiceNamespace services opts.providers": [provider(NAMESPACE, KUBERNETES_PROVIDER)],
  "index.ts deployTaskService args....shared": configWires.serviceNamespace.shows,
  "index.ts deployTaskService args....taskService": configWires.taskServiceReplicas.shows,
  "index.ts deployQuoteService args....shared": configWires.services.shows,
  "index.ts deployQuoteService args....quoteService": configWires.serviceImages.shows,
  "index.ts StackCheck stack-check args....config.check": configWires.stackCheckImage.shows,
  "index.ts StackCheck stack-check args.monitoring": [
    on(CONFIG_MAP, "stack-check", "metadata.namespace", "watch"),
  ],
  "index.ts StackCheck stack-check args.services": [
    on(CONFIG_MAP, "stack-check", "data", /task-service.*quote-service/),
  ],
  "index.ts StackCheck stack-check args.platform": [
    {
      ...on(CONFIG_MAP, "stack-check", "data", /kubectl --context unusual-context/),
      in: "ingress",
    },
  ],
  "index.ts StackCheck stack-check opts.providers": [provider(JOB, KUBERNETES_PROVIDER)],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.namespace`]: [
    on(DEPLOYMENT, "quote-service", "metadata.namespace", "shop"),
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.platform`]: [
    { ...on("aws:ecr/repository:Repository", "quote-service", "name", `${PREFIX}/quote-service`) },
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.watchedBy`]: [
    quoteRules(/https:\/\/runbooks.unusual.example\/pages\/slo.md/),
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.image.context`]: [
    {
      ...on(IMAGE, "quote-service", "context", { location: "./services/quote-service" }),
      in: "quotes",
    },
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.image.use`]:
    configWires.serviceImages.shows,
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.metrics`]: [
    on(
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
      "quote-service-monitor",
      "spec.sampleLimit",
      800,
    ),
    { ...quoteRules(/http_server_request_duration_seconds_bucket/), in: "ingress" },
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.slo.availability`]: [
    quoteRules(/"expr":"vector\(0\.995\)"/),
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.slo.latency.percent`]: [
    quoteRules(/"expr":"vector\(0\.99\)"/),
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.slo.latency.seconds`]: [
    quoteRules(/le=\\"0\.1\\"/),
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.own`]: [
    on("kubernetes:core/v1:ConfigMap", "quote-service-dashboard", "data", /quotes_served/),
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service args.environment`]: [
    on(
      DEPLOYMENT,
      "quote-service",
      "spec.template.spec.containers",
      /"OTEL_SERVICE_NAME","value":"quote-service"/,
    ),
  ],
  [`${QUOTE_SERVICE} InstrumentedService quote-service opts.providers`]: [
    provider(DEPLOYMENT, KUBERNETES_PROVIDER),
  ],
  [`${TASK_SERVICE} TaskTable tasks args`]: configWires.taskStore.shows,
  [`${TASK_SERVICE} TaskTable tasks opts`]: [provider(TABLE, "::aws")],
  [`${TASK_SERVICE} InstrumentedService task-service args.namespace`]:
    configWires.serviceNamespace.shows,
  [`${TASK_SERVICE} InstrumentedService task-service args.platform`]: [
    on("aws:ecr/repository:Repository", "task-service", "name", `${PREFIX}/task-service`),
    on("aws:iam/role:Role", "task-service", "name", `${PREFIX}-task-service`),
  ],
  [`${TASK_SERVICE} InstrumentedService task-service args.watchedBy`]:
    configWires.runbookBaseUrl.shows,
  [`${TASK_SERVICE} InstrumentedService task-service args.image.context`]: [
    {
      ...on(IMAGE, "task-service", "context", {
        location: "./services/task-service",
      }),
      in: "plain",
    },
  ],
  [`${TASK_SERVICE} InstrumentedService task-service args.image.use`]:
    configWires.serviceImages.shows,
  [`${TASK_SERVICE} InstrumentedService task-service args.replicas`]:
    configWires.taskServiceReplicas.shows,
  [`${TASK_SERVICE} InstrumentedService task-service args.autoscale.requestsPerSecond`]:
    configWires.taskServiceRequestsPerSecond.shows,
  [`${TASK_SERVICE} InstrumentedService task-service args.autoscale.keda`]:
    configWires.kedaNamespace.shows,
  [`${TASK_SERVICE} InstrumentedService task-service args.metrics.routes`]: [
    on(
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
      "task-service-monitor",
      "spec.sampleLimit",
      1600,
    ),
  ],
  [`${TASK_SERVICE} InstrumentedService task-service args.slo.availability`]: [
    on(RULES, "task-service-rules", "spec", /"expr":"vector\(0\.999\)"/),
  ],
  [`${TASK_SERVICE} InstrumentedService task-service args.slo.latency.percent`]: [
    on(RULES, "task-service-rules", "spec", /"expr":"vector\(0\.99\)"/),
  ],
  [`${TASK_SERVICE} InstrumentedService task-service args.slo.latency.seconds`]: [
    on(RULES, "task-service-rules", "spec", /le=\\"0\.25\\"/),
  ],
  [`${TASK_SERVICE} InstrumentedService task-service args.own`]: [
    on(RULES, "task-service-rules", "spec", /TasksNotGettingDone/),
    on("kubernetes:core/v1:ConfigMap", "task-service-dashboard", "data", /tasks_overdue/),
  ],
  [`${TASK_SERVICE} InstrumentedService task-service args.environment`]:
    configWires.taskStore.shows,
  [`${TASK_SERVICE} InstrumentedService task-service args.permissions`]: [
    on("aws:iam/rolePolicy:RolePolicy", "task-service", "policy", /dynamodb:Query/),
  ],
  [`${TASK_SERVICE} InstrumentedService task-service opts`]: [
    provider(DEPLOYMENT, KUBERNETES_PROVIDER),
  ],
};
