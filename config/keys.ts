import { INTO_A_SECRET } from "../components/monitoring-stack/refused-values";
import { SLO_PERIOD_DAYS } from "../observability/slo/objectives";
import { versions } from "../versions";
import { chart, kedaChart } from "./chart";
import type { Key, OnlyOn } from "./key";
import { CATEGORIES, category } from "./node-rules";
import { cidr, MY_ADDRESS, publicCidr, vpcCidr } from "./networks";
import { region, zone, zoneFills } from "./regions";
import * as rule from "./rules";
import { serviceName, SERVICES } from "./services";
import { tagName, tagValue } from "./tags";
import { VALUE } from "./commands";

const onEks = (elsewhere: string): OnlyOn => ({ platform: "eks", elsewhere });
const onKubeconfig = (elsewhere: string): OnlyOn => ({ platform: "kubeconfig", elsewhere });

const NO_AWS = "nothing is made in AWS";
const THERE_ALREADY = "the cluster and its network are there already";
const AUTO_MODE = "EKS Auto Mode has its own";

/**
 * Every key that a stack may set. The catalogue in Pulumi.yaml and the tables in docs/configuration.md
 * and README.md are generated from it (`npm run fix`); keys without a namespace are the project's own.
 */
export const KEYS = {
  platform: {
    type: "oneOf",
    values: ["eks", "kubeconfig"],
    default: "eks",
    description:
      "What the stack runs on: eks makes a cluster with its network; kubeconfig is a cluster that is there (kind, k3d, minikube, Docker Desktop, GKE, AKS, EKS).",
    fixed: true,
  },
  "aws:region": {
    type: "text",
    rule: region,
    description: "AWS region of everything. Must be set.",
    only: onEks(NO_AWS),
    fixed: true,
  },
  clusterName: {
    type: "text",
    rule: rule.clusterName,
    default: "",
    description: "Name of the EKS cluster. Empty: <project>-<stack>.",
    only: onEks("kubeContext names the cluster"),
    fixed: true,
  },
  kubernetesVersion: {
    type: "oneOf",
    values: versions.kubernetes.map(({ minor }) => minor),
    default: versions.defaultKubernetes,
    description:
      "Minor version of the Kubernetes control plane. On eks it goes up by one at a time and never down; on kubeconfig it is the cluster's own, or one beside it.",
  },
  compute: {
    type: "oneOf",
    values: ["auto"],
    default: "auto",
    description: "Where nodes come from: auto is EKS Auto Mode, the only choice so far.",
    only: onEks(THERE_ALREADY),
  },
  nodeArchitecture: {
    type: "oneOf",
    values: ["amd64", "arm64"],
    default: "amd64",
    description:
      "What images are built for, and on eks what the nodes are; arm64 (Graviton) costs less there (docs/nodes.md).",
  },
  nodeCategories: {
    type: "list",
    item: category,
    least: 1,
    fill: () => [{ value: "m" }],
    default: ["c", "m", "r"],
    description: `Categories of instances that nodes may be of: ${CATEGORIES.join(", ")}. The bill of npm start is worked out with m.`,
    only: onEks(THERE_ALREADY),
  },
  nodeVcpuLimit: {
    type: "integer",
    least: 4,
    most: 10_000,
    why: "one node of 2 and, while it is replaced, another",
    default: 64,
    description:
      "vCPUs of all nodes together, above which pods wait: a ceiling of the bill, which npm start prints. Karpenter may go over it by one node.",
    only: onEks(THERE_ALREADY),
  },
  nodeExpiryDays: {
    type: "integer",
    least: 1,
    most: 20,
    why: "EKS Auto Mode keeps a node 21 days at most, and pods have one of them to leave it",
    default: 14,
    description:
      "Days until a node is replaced, so that the next one has the newest image. EKS Auto Mode may replace it before, within nodeDisruptionBudgets.",
    only: onEks(THERE_ALREADY),
  },
  nodeDisruptionBudgets: {
    type: "objects",
    default: [],
    description:
      "How many nodes may be replaced at the same time, and when, as Karpenter says it: nodes, reasons, schedule and duration (docs/nodes.md). Empty: 10 % of them at any time.",
    only: onEks(THERE_ALREADY),
  },
  tags: {
    type: "texts",
    name: tagName,
    item: tagValue,
    default: {},
    description:
      "Tags for cost allocation on everything in AWS. With one, they and the stack's own are also on nodes, volumes and load balancers, which EKS Auto Mode makes (docs/cost.md).",
    only: onEks(NO_AWS),
  },
  availabilityZones: {
    type: "list",
    item: zone,
    least: 2,
    // The VPC is divided into quarters (components/cluster/network.ts).
    most: 4,
    fill: zoneFills,
    default: [],
    description:
      "Zones of the VPC: two, because a load balancer needs two, to four of the region. One can be added at the end, for nodes and load balancers.",
    only: onEks(THERE_ALREADY),
    fixed: true,
  },
  vpcCidr: {
    type: "text",
    rule: vpcCidr,
    default: "10.0.0.0/16",
    description: "IPv4 range of the VPC: private (RFC 1918), /16 to /20.",
    only: onEks(THERE_ALREADY),
    fixed: true,
  },
  natGateways: {
    type: "oneOf",
    values: ["single", "per-zone"],
    default: "single",
    description:
      "NAT gateways: single is one for all zones; with per-zone, losing a zone does not cut off the others.",
    only: onEks(THERE_ALREADY),
  },
  apiServerCidrs: {
    type: "list",
    item: publicCidr,
    least: 1,
    // EKS User Guide, "Amazon EKS service quotas": public endpoint access CIDR ranges, not adjustable.
    most: 40,
    fill: () => [MY_ADDRESS],
    default: ["0.0.0.0/0"],
    description:
      "Public networks that may reach the Kubernetes API server, 40 at most; the one that pulumi runs in must be among them, so widen first, then change (docs/runbooks/cluster.md). IAM guards every call in any case.",
    only: onEks(THERE_ALREADY),
  },
  kubeContext: {
    type: "text",
    rule: rule.kubeContext,
    default: "",
    description:
      "Context of the cluster, in the files that kubectl reads ($KUBECONFIG or ~/.kube/config). Must be set: the current context could be another cluster tomorrow.",
    only: onKubeconfig("the stack makes its own cluster"),
    fixed: true,
  },
  ingressClass: {
    type: "text",
    rule: rule.className,
    default: "",
    description:
      "IngressClass that gives Grafana an address, which up waits for. Empty: no Ingress; grafanaNodePort, or kubectl port-forward.",
    only: onKubeconfig(AUTO_MODE),
  },
  ingressAnnotations: {
    type: "texts",
    name: rule.annotationName,
    item: rule.annotationValue,
    default: {},
    description:
      "Annotations of Grafana's Ingress, in the terms of its controller, such as those that limit who may connect.",
    only: onKubeconfig(AUTO_MODE),
  },
  grafanaTlsSecret: {
    type: "text",
    rule: rule.secretName,
    default: "",
    description:
      "Secret with the certificate of grafanaDomain, such as cert-manager makes. Empty: the controller's own certificate.",
    only: onKubeconfig("use grafanaCertificateArn"),
  },
  grafanaNodePort: {
    type: "integer",
    least: 30_000,
    most: 32_767,
    why: "the range that Kubernetes keeps for node ports; 0 opens none",
    none: 0,
    default: 0,
    description: "Port on every node that Grafana answers on. 0: none.",
    only: onKubeconfig("the load balancer is the way in"),
  },
  nodeAddress: {
    type: "text",
    rule: rule.hostOrAddress,
    default: "localhost",
    description:
      "Host at which node ports answer: localhost on kind, k3d and Docker Desktop; on minikube what minikube ip prints.",
    only: onKubeconfig("the load balancer is the way in"),
  },
  storageClass: {
    type: "text",
    rule: rule.className,
    default: "",
    description: "StorageClass of the volumes. Empty: the cluster's default class.",
    only: onKubeconfig("the stack makes an encrypted class of its own"),
    fixed: true,
  },
  imageRegistry: {
    type: "text",
    rule: rule.registry,
    default: "",
    description:
      "Registry that services' images are pushed to and the cluster pulls from, with the login that docker has, such as localhost:5001. Empty: serviceImages says what to run.",
    only: onKubeconfig("the stack makes a repository in ECR for each service"),
  },
  controlPlaneTargets: {
    type: "list",
    item: rule.controlPlaneTarget,
    least: 0,
    fill: () => [],
    default: [],
    description:
      "Parts of the control plane that answer a scrape: kubeControllerManager, kubeScheduler, kubeEtcd, kubeProxy, coreDns. The alerts of one that does not would fire for ever.",
    only: onKubeconfig("use controlPlaneMetrics"),
  },
  controlPlaneMetrics: {
    type: "boolean",
    default: true,
    description:
      "Scrape scheduler and controller manager by way of the API server, with the chart's rules and dashboards of both (docs/control-plane.md).",
    only: onEks("use controlPlaneTargets"),
  },
  controlPlaneLogs: {
    type: "list",
    item: rule.logType,
    least: 0,
    fill: () => [],
    default: [],
    description:
      "Logs of the control plane to keep in CloudWatch: api, audit, authenticator, controllerManager, scheduler (docs/control-plane.md).",
    only: onEks(THERE_ALREADY),
  },
  controlPlaneLogDays: {
    type: "oneOf",
    // CloudWatch Logs API, PutRetentionPolicy.
    values: [
      ...["1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545"],
      ...["731", "1096", "1827", "2192", "2557", "2922", "3288", "3653"],
    ],
    default: "30",
    description: "Days that controlPlaneLogs are kept: a number that CloudWatch takes.",
    only: onEks(THERE_ALREADY),
  },
  adminRoleArns: {
    type: "list",
    item: rule.roleArn,
    least: 0,
    fill: () => [{ value: rule.roleArn.example, shell: `'${VALUE}'` }],
    default: [],
    description:
      "IAM roles that become cluster admins beside the one that ran the first up, which must not be among them.",
    only: onEks("give people access by RBAC on the cluster"),
  },
  networkPolicies: {
    type: "boolean",
    default: true,
    description:
      "Let pods of both namespaces connect only to what they need (docs/security.md). On kubeconfig it is the cluster's CNI that enforces it, or does not.",
  },
  monitoringNamespace: {
    type: "text",
    rule: rule.monitoringNamespace,
    default: "prometheus",
    description:
      "Namespace of kube-prometheus-stack (Pod Security: restricted). node-exporter is in <monitoringNamespace>-node-exporter.",
    fixed: true,
  },
  serviceNamespace: {
    type: "text",
    rule: rule.namespace,
    default: "prod",
    description: "Namespace of the services (Pod Security: restricted). Not monitoringNamespace.",
    fixed: true,
  },
  chart: {
    type: "text",
    rule: chart,
    default: "",
    description: `Where kube-prometheus-stack ${versions.kubePrometheusStack.version} comes from: a folder, an archive (.tgz) or an oci:// address, for a registry of your own or a closed network. Empty: its own registry.`,
  },
  chartValues: {
    type: "object",
    noSecret: INTO_A_SECRET,
    default: {},
    description:
      "Values of kube-prometheus-stack over those of the program, for what no key says (docs/escape-hatches.md). No secrets.",
  },
  retentionDays: {
    type: "integer",
    least: SLO_PERIOD_DAYS + 1,
    most: 3650,
    why: `objectives are counted over ${SLO_PERIOD_DAYS} days`,
    default: SLO_PERIOD_DAYS + 1,
    description: "Days that Prometheus keeps samples; an objective is counted over 30 of them.",
  },
  retentionSize: {
    type: "text",
    rule: rule.size,
    default: "",
    description:
      "Size at which Prometheus drops its oldest samples, such as 40GiB: below 90 % of prometheusVolumeGiB; without persistence 40GiB at most. Empty: 85 % of the volume; without persistence no limit.",
  },
  persistence: {
    type: "boolean",
    default: true,
    description:
      "Keep the data of Prometheus and Alertmanager on volumes. Without it, a replaced pod starts empty, and nodes are replaced often (docs/volumes.md).",
  },
  grafanaPersistence: {
    type: "boolean",
    default: false,
    description:
      "Keep a database of Grafana on a volume: sessions, tokens, stars and dashboards made by hand. Without it they end with the pod; what the stack provisions is always there.",
  },
  prometheusVolumeGiB: {
    type: "integer",
    least: 10,
    most: 16384,
    default: 50,
    description: "Volume of each Prometheus replica, in GiB; may grow, never shrink.",
  },
  alertmanagerVolumeGiB: {
    type: "integer",
    least: 1,
    most: 1024,
    default: 2,
    description: "Volume of each Alertmanager replica, in GiB; may grow, never shrink.",
  },
  grafanaVolumeGiB: {
    type: "integer",
    least: 1,
    most: 1024,
    default: 10,
    description: "Volume of Grafana with grafanaPersistence, in GiB; may grow, never shrink.",
  },
  prometheusReplicas: {
    type: "integer",
    least: 1,
    most: 3,
    default: 1,
    description: "Replicas of Prometheus and of Alertmanager, 1 to 3.",
  },
  otlpReceiver: {
    type: "boolean",
    default: false,
    description:
      "Let Prometheus take metrics that services send by OTLP, as quote-service then does (docs/presets.md). Needs prometheusReplicas 1.",
  },
  scrapeInterval: {
    type: "text",
    rule: rule.scrapeInterval,
    default: "30s",
    description: "How often Prometheus reads metrics, 5s to 2m.",
  },
  managedPrometheus: {
    type: "boolean",
    default: false,
    description:
      "Keep metrics for longer in a workspace of Amazon Managed Service for Prometheus, which the stack makes (docs/long-term-storage.md).",
    only: onEks("remoteWrite takes an endpoint that is there"),
  },
  managedPrometheusSeries: {
    type: "integer",
    least: 1000,
    most: 50_000_000,
    why: "AWS takes 50 million series in a workspace unless asked for more",
    default: 100_000,
    description:
      "Series that the workspace takes at once, at most: a ceiling of cost. What comes on top is refused, and an alert tells.",
    only: onEks("remoteWrite takes an endpoint that is there"),
  },
  managedPrometheusDays: {
    type: "integer",
    least: SLO_PERIOD_DAYS,
    most: 1095,
    why: `objectives are counted over ${SLO_PERIOD_DAYS} days, and AWS keeps three years at most`,
    default: 150,
    description: "Days that the workspace keeps samples.",
    only: onEks("remoteWrite takes an endpoint that is there"),
  },
  remoteWrite: {
    type: "object",
    default: {},
    description:
      "Endpoint of long-term storage that is there, such as Mimir, Thanos Receive or Grafana Cloud: url, and username where it asks for one. Its password or token: remoteWriteSecrets. Empty: none.",
  },
  remoteWriteSecrets: {
    type: "secrets",
    description:
      "What remoteWrite needs and nobody may read: password with a username, otherwise token. Set it with --secret.",
  },
  remoteWriteSeries: {
    type: "oneOf",
    values: ["used", "all"],
    default: "used",
    description:
      "Series that long-term storage gets: used are those that dashboards, rules and alerts read or record; all costs several times as much.",
  },
  remoteWriteKeep: {
    type: "list",
    item: rule.metricPattern,
    least: 0,
    fill: () => [],
    default: [],
    description:
      "Metrics that long-term storage gets beside the used ones, for dashboards of your own: names, or regular expressions of whole names.",
  },
  grafanaDomain: {
    type: "text",
    rule: rule.domain,
    default: "",
    description:
      "Host name of Grafana, reached by https. Empty: plain HTTP on the address of load balancer, node or port-forward.",
  },
  grafanaCertificateArn: {
    type: "text",
    rule: rule.certificate,
    default: "",
    description:
      "ACM certificate of grafanaDomain, in the stack's region. Needed with a domain that has no hostedZone.",
    only: onEks("use grafanaTlsSecret"),
  },
  hostedZone: {
    type: "text",
    rule: rule.hostedZone,
    default: "",
    description:
      "Public Route 53 zone that grafanaDomain is part of, such as example.com: the stack makes the certificate and the DNS record (docs/access.md). Empty: grafanaCertificateArn, and a record of your own.",
    only: onEks("point grafanaDomain at grafanaLoadBalancer by hand"),
  },
  loadBalancerScheme: {
    type: "oneOf",
    values: ["internet-facing", "internal"],
    default: "internet-facing",
    description:
      "Where Grafana's load balancer can be reached from: internet-facing is everywhere, internal the VPC and what is connected with it. A change makes another load balancer, with another name.",
    only: onEks("use ingressAnnotations, in the terms of the controller"),
  },
  grafanaAllowedCidrs: {
    type: "list",
    item: cidr,
    least: 0,
    fill: () => [MY_ADDRESS],
    default: [],
    description:
      "Networks that may reach Grafana. Without a domain needed, together no more addresses than a /8. With one, empty means everybody, and is refused unless grafanaOidc or loadBalancerScheme internal keeps the internet out.",
    only: onEks("use ingressAnnotations, in the terms of the controller"),
  },
  grafanaOidc: {
    type: "object",
    default: {},
    description:
      "Log in by OpenID Connect (docs/access.md): clientId, authUrl, tokenUrl and apiUrl of the provider, and who gets which role (admins, editors and viewers are lists of groups; domains those of e-mail addresses). Needs grafanaDomain. Empty: the admin only.",
  },
  grafanaSecrets: {
    type: "secrets",
    description:
      "What Grafana needs and nobody may read: oidc-client-secret. Set it with --secret.",
  },
  receivers: {
    type: "objects",
    default: [],
    description:
      "Who is told of alerts: name, kind (slack, pagerduty, sns, email, webhook), severities, and what the kind needs.",
  },
  requireReceiver: {
    type: "boolean",
    default: true,
    description: "Refuse a stack whose alerts would reach nobody.",
  },
  receiverSecrets: {
    type: "secrets",
    description:
      "What receivers need and nobody may read: <name>-url, <name>-routing-key or <name>-password. Set each with --secret.",
  },
  runbookBaseUrl: {
    type: "text",
    rule: rule.address,
    default: "",
    description:
      "Folder of the runbooks on the web, such as that of your copy of docs/runbooks. Empty: alerts name the page and link to none.",
  },
  services: {
    type: "list",
    item: serviceName,
    least: 1,
    fill: () => SERVICES.map((value) => ({ value })),
    default: [SERVICES[0]],
    description:
      "Services to deploy: task-service, and quote-service, a second sample in another preset (docs/presets.md).",
  },
  serviceImages: {
    type: "texts",
    name: serviceName,
    item: rule.image,
    default: {},
    description:
      "Ready images, by service. A service without one is built from services/<service> and pushed.",
  },
  taskServiceReplicas: {
    type: "integer",
    least: 1,
    most: 100,
    default: 1,
    description:
      "Fewest pods of task-service; its autoscaler goes up to five times as many. With taskStore memory exactly one.",
  },
  taskServiceRequestsPerSecond: {
    type: "integer",
    least: 1,
    most: 100_000,
    why: "what one pod is to answer; 0 scales on CPU",
    none: 0,
    default: 0,
    description:
      "Requests per second that one pod of task-service is to answer: the stack then installs KEDA, which scales on them (docs/autoscaling.md). Needs taskStore dynamodb. 0: scaled on CPU, without KEDA.",
    only: onEks("task-service has exactly one pod there"),
  },
  taskStore: {
    type: "oneOf",
    values: ["memory", "dynamodb"],
    default: "memory",
    description:
      "Where task-service keeps its tasks: memory (one pod), or a DynamoDB table of its own (only on eks).",
  },
  kedaNamespace: {
    type: "text",
    rule: rule.namespace,
    default: "keda",
    description:
      "Namespace of KEDA (Pod Security: restricted), where taskServiceRequestsPerSecond needs it. Not monitoringNamespace, not serviceNamespace.",
    only: onEks("no service of the stack needs KEDA there"),
    fixed: true,
  },
  kedaChart: {
    type: "text",
    rule: kedaChart,
    default: "",
    description: `Where KEDA ${versions.keda.version} comes from, as chart says it of kube-prometheus-stack. Empty: the project's own repository.`,
    only: onEks("no service of the stack needs KEDA there"),
  },
  stackCheck: {
    type: "boolean",
    default: true,
    description:
      "Let up end only when Prometheus, Alertmanager and Grafana work and the services' metrics arrive: a Job looks, and up fails with its reason (docs/checks.md).",
  },
  stackCheckImage: {
    type: "text",
    rule: rule.image,
    default: "",
    description:
      "Image with Node 20 or newer that runs the check, such as one in a registry of your own. Empty: distroless' nodejs24, by digest.",
  },
  budgetUsd: {
    type: "integer",
    least: 73,
    most: 1_000_000,
    why: "the control plane alone costs 73 a month; 0 sets none",
    none: 0,
    default: 0,
    description:
      "Dollars of a month that AWS holds against the stack's costs, such as the total that npm start prints: budgetEmail is told at 80 and 100 % (docs/cost.md). 0: no budget.",
    only: onEks(NO_AWS),
  },
  budgetEmail: {
    type: "text",
    rule: rule.mail,
    default: "",
    description: "Who is told of budgetUsd. AWS mails a link that has to be opened first.",
    only: onEks(NO_AWS),
  },
  deletionProtection: {
    type: "boolean",
    default: false,
    description:
      "Refuse pulumi destroy, and AWS' own delete calls, for the cluster and what holds data.",
  },
} as const satisfies Readonly<Record<string, Key>>;
