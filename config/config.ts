import * as pulumi from "@pulumi/pulumi";
import type { ClusterArgs } from "../components/cluster/cluster";
import type { MonitoringStackArgs } from "../components/monitoring-stack/monitoring-stack";
import type { TaskServiceArgs } from "../services/task-service";
import { ConfigReader } from "./reader";
import * as rule from "./rules";
import { readAlerting } from "./receivers";
import { retentionProblem } from "../observability/slo/objectives";
import { repository } from "../package.json";
import { versions } from "../versions";

/** The stack's configuration, read once and validated. Keys and defaults: Pulumi.yaml. */
export interface StackConfig {
  /** On everything in AWS that Pulumi makes. */
  readonly tags: Readonly<Record<string, string>>;
  readonly region: string;
  readonly cluster: ClusterArgs;
  readonly monitoring: Omit<MonitoringStackArgs, "platform">;
  readonly serviceNamespace: string;
  readonly taskService: Omit<TaskServiceArgs, "namespace" | "platform" | "watchedBy">;
}

/**
 * Reads the stack's configuration.
 * @throws pulumi.RunError naming every problem at once: the key, the value got, what is allowed
 * and the command that mends it. The CLI prints a RunError without a stack trace.
 */
export function readConfig(): StackConfig {
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  // ECR takes no capitals.
  const prefix = `${project}-${stack}`.toLowerCase();
  const read = new ConfigReader(project);
  const values = readValues(read);
  const alerting = readAlerting(read, values.region);
  // "managed" node groups are a later choice; the key is there so that today's stacks name theirs.
  read.oneOf("compute", ["auto"]);
  checkTogether(values, read);
  checkPrefix(prefix, stack, read);
  read.finish(stack);

  const { kubernetesVersion, deletionProtection, grafanaDomain, taskServiceReplicas } = values;
  const clusterName = values.clusterName || prefix;
  return {
    tags: { project, stack, "managed-by": "pulumi" },
    region: values.region,
    cluster: {
      prefix,
      region: values.region,
      clusterName,
      kubernetesVersion,
      availabilityZones: values.availabilityZones,
      vpcCidr: values.vpcCidr,
      natGateways: values.natGateways,
      apiServerCidrs: values.apiServerCidrs,
      adminRoleArns: values.adminRoleArns,
      deletionProtection,
    },
    monitoring: {
      namespace: values.monitoringNamespace,
      retentionDays: values.retentionDays,
      retentionSize: values.retentionSize,
      scrapeInterval: values.scrapeInterval,
      replicas: values.prometheusReplicas,
      ...(values.persistence && {
        volumes: {
          prometheus: values.prometheusVolumeGiB,
          alertmanager: values.alertmanagerVolumeGiB,
          grafana: values.grafanaVolumeGiB,
        },
      }),
      grafana: {
        ...(grafanaDomain && {
          https: { domain: grafanaDomain, certificate: values.grafanaCertificateArn },
        }),
        allowedCidrs: values.grafanaAllowedCidrs,
      },
      alerting,
      runbookBaseUrl: values.runbookBaseUrl || defaultRunbookBaseUrl(),
      deletionProtection,
    },
    serviceNamespace: values.serviceNamespace,
    taskService: {
      ...(values.taskServiceImage && { image: values.taskServiceImage }),
      replicas: { min: taskServiceReplicas, max: 5 * taskServiceReplicas },
      ...(values.taskStore === "dynamodb" && {
        table: { tableName: `${prefix}-tasks`, region: values.region, deletionProtection },
      }),
    },
  };
}

/** Roles are named after project and stack, and so are the cluster, the repository and the table. */
function checkPrefix(prefix: string, stack: string, read: ConfigReader): void {
  const longest = 64 - "-alertmanager".length;
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(prefix) && prefix.length <= longest) return;
  read.problem(
    "stack",
    stack,
    `a name of letters, digits and single dashes that makes <project>-<stack> ${longest} characters at most`,
    "pulumi stack rename prod",
  );
}

type Values = ReturnType<typeof readValues>;

/** Every key of the catalogue, in its order. */
function readValues(read: ConfigReader) {
  const region = read.region();
  return {
    region,
    clusterName: read.text("clusterName", rule.clusterName),
    kubernetesVersion: read.oneOf("kubernetesVersion", versions.kubernetes),
    availabilityZones: read.list("availabilityZones", rule.zone(region)),
    vpcCidr: read.text("vpcCidr", rule.vpcCidr),
    natGateways: read.oneOf("natGateways", ["single", "per-zone"]),
    apiServerCidrs: read.list("apiServerCidrs", rule.cidr),
    adminRoleArns: read.list("adminRoleArns", rule.roleArn),
    monitoringNamespace: read.text("monitoringNamespace", rule.namespace),
    serviceNamespace: read.text("serviceNamespace", rule.namespace),
    retentionDays: read.integer("retentionDays", 1, 3650),
    retentionSize: read.text("retentionSize", rule.size),
    persistence: read.boolean("persistence"),
    prometheusVolumeGiB: read.integer("prometheusVolumeGiB", 10, 16384),
    alertmanagerVolumeGiB: read.integer("alertmanagerVolumeGiB", 1, 1024),
    grafanaVolumeGiB: read.integer("grafanaVolumeGiB", 1, 1024),
    prometheusReplicas: read.integer("prometheusReplicas", 1, 3),
    scrapeInterval: read.text("scrapeInterval", rule.scrapeInterval),
    grafanaDomain: read.text("grafanaDomain", rule.domain),
    grafanaCertificateArn: read.text("grafanaCertificateArn", rule.certificate(region)),
    grafanaAllowedCidrs: read.list("grafanaAllowedCidrs", rule.cidr),
    runbookBaseUrl: read.text("runbookBaseUrl", rule.address),
    taskServiceImage: read.text("taskServiceImage", rule.image),
    taskServiceReplicas: read.integer("taskServiceReplicas", 1, 100),
    taskStore: read.oneOf("taskStore", ["memory", "dynamodb"]),
    deletionProtection: read.boolean("deletionProtection"),
  };
}

/** The pages in this repository, as package.json names it. */
const defaultRunbookBaseUrl = (): string =>
  `${repository.url.replace(/^git\+/, "").replace(/\.git$/, "")}/blob/main/docs/runbooks`;

/** Rules that concern several keys; a key that is wrong by itself is not reported twice. */
function checkTogether(config: Values, read: ConfigReader): void {
  const zones = new Set(config.availabilityZones).size;
  if (read.isFine("availabilityZones") && (zones < 2 || zones < config.availabilityZones.length)) {
    read.problem(
      "availabilityZones",
      config.availabilityZones,
      "two or more different zones (a load balancer needs two), each once",
      `pulumi config set --path 'availabilityZones[0]' ${config.region}a && pulumi config set --path 'availabilityZones[1]' ${config.region}c`,
    );
  }
  if (read.isFine("retentionDays") && retentionProblem(config.retentionDays)) {
    read.problem(
      "retentionDays",
      String(config.retentionDays),
      "31 or more: the slo of a service is counted over 30 days",
      "pulumi config set retentionDays 31",
    );
  }
  if (read.isFine("apiServerCidrs") && config.apiServerCidrs.length === 0) {
    read.problem(
      "apiServerCidrs",
      [],
      "at least one CIDR, the one that pulumi runs in among them",
      allowMe("apiServerCidrs"),
    );
  }
  if (config.monitoringNamespace === config.serviceNamespace) {
    read.problem(
      "serviceNamespace",
      config.serviceNamespace,
      "a namespace other than monitoringNamespace (their Pod Security levels differ)",
      "pulumi config set serviceNamespace prod",
    );
  }
  if (config.grafanaDomain === "") checkPlainHttp(config, read);
  else if (config.grafanaCertificateArn === "" && read.isFine("grafanaCertificateArn")) {
    read.problem(
      "grafanaCertificateArn",
      "",
      "the ACM certificate of grafanaDomain",
      `pulumi config set grafanaCertificateArn arn:aws:acm:${config.region}:<account>:certificate/<id>`,
    );
  }
  const size = rule.gibibytes(config.retentionSize);
  if (config.persistence && size > config.prometheusVolumeGiB && read.isFine("retentionSize")) {
    read.problem(
      "retentionSize",
      config.retentionSize,
      `less than prometheusVolumeGiB (${config.prometheusVolumeGiB}), or Prometheus fills its disk and stops`,
      "pulumi config rm retentionSize",
    );
  }
}

/** Without a domain the login goes over the wire in clear, so somebody has to say from where. */
function checkPlainHttp(config: Values, read: ConfigReader): void {
  if (config.grafanaCertificateArn !== "" && read.isFine("grafanaCertificateArn")) {
    read.problem(
      "grafanaCertificateArn",
      config.grafanaCertificateArn,
      "a certificate only together with grafanaDomain",
      "pulumi config set grafanaDomain grafana.example.com",
    );
  }
  if (!read.isFine("grafanaAllowedCidrs")) return;
  const open = config.grafanaAllowedCidrs.filter((cidr) => /\/[0-7]$/.test(cidr));
  if (config.grafanaAllowedCidrs.length === 0 || open.length > 0) {
    read.problem(
      "grafanaAllowedCidrs",
      config.grafanaAllowedCidrs,
      "the CIDRs that may log in, /8 or narrower and not the whole internet: without grafanaDomain the password travels over plain HTTP",
      allowMe("grafanaAllowedCidrs"),
    );
  }
}

const allowMe = (key: string): string =>
  `pulumi config set --path '${key}[0]' "$(curl -s https://checkip.amazonaws.com)/32"`;
