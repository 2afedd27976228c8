import { checkAutoscaling } from "./autoscaling";
import * as command from "./commands";
import { checkHostedZone } from "./hosted-zone";
import { addressCount, MY_ADDRESS } from "./networks";
import { type Problems, shown } from "./problems";
import type { Values } from "./reader";
import { checkTags } from "./tags";
import { gibibytes, kubeContext as kubeContextRule } from "./rules";

/** A /8: more people than log in to a Grafana over plain HTTP, fewer than the internet. */
const MOST_PLAIN_HTTP_ADDRESSES = 2 ** 24;
/** The share of its volume at which Prometheus must have begun to drop samples: the log and compaction need the rest. */
const MOST_OF_VOLUME = 0.9;
/**
 * Without a volume the data lie on the node's disk: 80 GiB, the default of Auto Mode's NodeClass (EKS
 * User Guide, "Create a Node Class for Amazon EKS"), which images, logs and other pods share. Half of it.
 */
const MOST_GIB_WITHOUT_VOLUME = 40;
/** Roles are named `<project>-<stack>-alertmanager`, and IAM takes 64 characters. */
const MOST_PREFIX_LETTERS = 64 - "-alertmanager".length;

/** Rules that concern several keys. */
export function checkCombinations(values: Values, problems: Problems): void {
  checkNamespaces(values, problems);
  checkRetention(values, problems);
  checkPersistence(values, problems);
  checkTaskStore(values, problems);
  checkAutoscaling(values, problems);
  checkHostedZone(values, problems);
  checkBudget(values, problems);
  checkOtlpReceiver(values, problems);
  checkTags(values.tags, problems);
  if (values.platform === "eks") checkGrafanaAccess(values, problems);
  else checkExistingCluster(values, problems);
}

/**
 * The prefix of every account-wide name.
 * @param stack the stack's name
 */
export function checkStackName(project: string, stack: string, problems: Problems): void {
  const most = MOST_PREFIX_LETTERS - project.length - 1;
  const isRight = (name: string) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= most;
  if (isRight(stack)) return;
  const plain = stack.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const name = plain.slice(0, most).replace(/^-+|-+$/g, "");
  const must = `1 to ${most} lower-case letters and digits, with single dashes between them: names in AWS begin with <project>-<stack>, and Dev and dev would share theirs`;
  const fix = `pulumi stack rename ${isRight(name) ? name : "prod"}`;
  problems.add("the stack's name", must, shown(stack), fix);
}

function checkNamespaces(values: Values, problems: Problems): void {
  const { monitoringNamespace, serviceNamespace } = values;
  const taken = [monitoringNamespace, `${monitoringNamespace}-node-exporter`];
  if (!taken.includes(serviceNamespace)) return;
  const must = `a namespace other than monitoringNamespace and that of node-exporter (${taken.join(", ")})`;
  const other = serviceNamespace === "prod" ? "services" : "prod";
  const fix = command.set("serviceNamespace", other);
  problems.add("serviceNamespace", must, shown(serviceNamespace), fix);
}

function checkRetention(values: Values, problems: Problems): void {
  const { retentionSize, persistence, prometheusVolumeGiB } = values;
  const size = gibibytes(retentionSize);
  if (persistence && size >= MOST_OF_VOLUME * prometheusVolumeGiB) {
    const must = `below 90 % of prometheusVolumeGiB (${prometheusVolumeGiB}), or Prometheus fills its volume and stops`;
    problems.add("retentionSize", must, shown(retentionSize), command.remove("retentionSize"));
  }
  if (!persistence && size > MOST_GIB_WITHOUT_VOLUME) {
    const most = `${MOST_GIB_WITHOUT_VOLUME}GiB`;
    const must = `${most} at most without persistence: the node's disk (80 GiB) is shared`;
    const fix = command.set("retentionSize", most);
    problems.add("retentionSize", must, shown(retentionSize), fix);
  }
}

function checkPersistence(values: Values, problems: Problems): void {
  const { persistence, grafanaPersistence } = values;
  if (persistence || !grafanaPersistence) return;
  const must = "false where persistence is: its database would outlive what it is about";
  const fix = command.remove("grafanaPersistence");
  problems.add("grafanaPersistence", must, shown(grafanaPersistence), fix);
}

/** Without a domain the password travels in clear, so somebody has to say from where. */
function checkGrafanaAccess(values: Values, problems: Problems): void {
  const { grafanaDomain, grafanaCertificateArn, hostedZone, grafanaAllowedCidrs } = values;
  if (grafanaDomain !== "" && grafanaCertificateArn === "" && hostedZone === "") {
    const must =
      "the ARN of grafanaDomain's ACM certificate, or hostedZone the Route 53 zone to make one in";
    const fix = command.set("grafanaCertificateArn", command.VALUE);
    problems.add("grafanaCertificateArn", must, "nothing", fix);
  }
  if (grafanaDomain === "" && grafanaCertificateArn !== "") {
    const must = "the host name that grafanaCertificateArn is for";
    const fix = command.set("grafanaDomain", command.VALUE);
    problems.add("grafanaDomain", must, "nothing", fix);
    return;
  }
  const count = addressCount(grafanaAllowedCidrs);
  if (grafanaDomain !== "") {
    checkPublicLogin(count, values, problems);
    return;
  }
  if (count > 0 && count <= MOST_PLAIN_HTTP_ADDRESSES) return;
  const must =
    "a list of the networks that may log in, together no more than a /8: without grafanaDomain the password travels over plain HTTP";
  const got = count === 0 ? "nothing" : `${count} addresses`;
  const setOne = command.changeList("grafanaAllowedCidrs", [], [MY_ADDRESS]);
  const fix = command.all([command.remove("grafanaAllowedCidrs"), setOne]);
  problems.add("grafanaAllowedCidrs", must, got, fix);
}

/** The admin's password is one guess away from everybody whom nothing keeps out. */
function checkPublicLogin(
  count: number,
  { grafanaOidc, loadBalancerScheme }: Values,
  problems: Problems,
): void {
  const isPublic = loadBalancerScheme === "internet-facing";
  if (!isPublic || count > 0 || Object.keys(grafanaOidc).length > 0) return;
  const must =
    "a list of the networks that may log in (or grafanaOidc say who may): without either everybody can try the admin's password";
  const fix = command.changeList("grafanaAllowedCidrs", [], [MY_ADDRESS]);
  problems.add("grafanaAllowedCidrs", must, "nothing", fix);
}

function checkTaskStore(values: Values, problems: Problems): void {
  const { platform, taskStore, taskServiceReplicas } = values;
  if (taskStore === "dynamodb" && platform !== "eks") {
    const must = `memory on platform ${platform}: pods reach DynamoDB by an identity that EKS gives them`;
    const commands = [
      command.set("taskStore", "memory"),
      ...(taskServiceReplicas === 1 ? [] : [command.set("taskServiceReplicas", "1")]),
    ];
    problems.add("taskStore", must, shown(taskStore), command.all(commands));
  }
  if (taskStore !== "memory" || taskServiceReplicas === 1) return;
  if (platform !== "eks") {
    const must = "1 on a platform without DynamoDB: in memory each pod has tasks of its own";
    const fix = command.set("taskServiceReplicas", "1");
    problems.add("taskServiceReplicas", must, shown(taskServiceReplicas), fix);
    return;
  }
  const must = `dynamodb where taskServiceReplicas is more than 1 (${taskServiceReplicas}): in memory each pod has tasks of its own`;
  problems.add("taskStore", must, shown(taskStore), command.set("taskStore", "dynamodb"));
}

/** A Service hands each connection to one of its pods. */
function checkOtlpReceiver({ otlpReceiver, prometheusReplicas }: Values, problems: Problems): void {
  if (!otlpReceiver || prometheusReplicas === 1) return;
  const must = `false with prometheusReplicas above 1 (${prometheusReplicas}): what is sent reaches one replica, and each would have a part`;
  problems.add("otlpReceiver", must, shown(otlpReceiver), command.remove("otlpReceiver"));
}

function checkBudget({ budgetUsd, budgetEmail }: Values, problems: Problems): void {
  if (budgetUsd !== 0 && budgetEmail === "") {
    const must = "the e-mail address that is told of budgetUsd";
    const fix = command.set("budgetEmail", command.VALUE);
    problems.add("budgetEmail", must, "nothing", fix);
  }
  if (budgetUsd === 0 && budgetEmail !== "") {
    const must = "absent without budgetUsd, of which it would be told";
    problems.add("budgetEmail", must, shown(budgetEmail), command.remove("budgetEmail"));
  }
}

/** What a cluster that is there cannot be asked in a preview. */
function checkExistingCluster(values: Values, problems: Problems): void {
  const { kubeContext, imageRegistry, services, serviceImages } = values;
  if (kubeContext === "") {
    const fix = `pulumi config set kubeContext "$(kubectl config current-context)"`;
    problems.add("kubeContext", kubeContextRule.must, "nothing", fix);
  }
  checkIngress(values, problems);
  if (imageRegistry !== "") return;
  for (const service of services.filter((name) => serviceImages[name] === undefined)) {
    const path = command.fieldPath("serviceImages", service);
    const must = "a ready image, or imageRegistry a registry to push one to";
    problems.add(path, must, "nothing", command.setPath(path, command.VALUE));
  }
}

function checkIngress(values: Values, problems: Problems): void {
  const { ingressClass, grafanaDomain, grafanaTlsSecret, grafanaNodePort } = values;
  if (ingressClass !== "" && grafanaNodePort !== 0) {
    const must = "0 where ingressClass is given: Grafana has one address";
    const fix = command.remove("grafanaNodePort");
    problems.add("grafanaNodePort", must, shown(grafanaNodePort), fix);
  }
  const needsClass = [
    ...(grafanaDomain === "" ? [] : ["grafanaDomain"]),
    ...(Object.keys(values.ingressAnnotations).length === 0 ? [] : ["ingressAnnotations"]),
  ];
  if (ingressClass === "" && needsClass.length > 0) {
    const must = `the class of an ingress controller: without one ${needsClass.join(" and ")} can do nothing`;
    const fix = command.all([
      command.set("ingressClass", command.VALUE),
      ...(grafanaNodePort === 0 ? [] : [command.remove("grafanaNodePort")]),
    ]);
    problems.add("ingressClass", must, "nothing", fix);
  }
  if (grafanaTlsSecret !== "" && grafanaDomain === "") {
    const must = "absent without grafanaDomain, the host name that its certificate is for";
    const fix = command.remove("grafanaTlsSecret");
    problems.add("grafanaTlsSecret", must, shown(grafanaTlsSecret), fix);
  }
}
