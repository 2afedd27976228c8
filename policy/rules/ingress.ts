import { at, type Rule, shown, type Subject, UNKNOWN } from "../rule";

const ALB = "alb.ingress.kubernetes.io";
const NGINX = "nginx.ingress.kubernetes.io";

/** Annotations that say who may connect, by controller. */
const SOURCES = [
  `${ALB}/inbound-cidrs`,
  `${NGINX}/whitelist-source-range`,
  `${NGINX}/allowlist-source-range`,
];

/**
 * A password over plain HTTP, and everybody may try one. One resource does not show whether its class
 * faces the internet, so each class does that is not said to be internal.
 */
export const noPublicHttp: Rule = {
  name: "no-public-http",
  description:
    "An Ingress that the internet reaches, Grafana's above all, has a certificate or says which networks may connect.",
  level: "mandatory",
  settings: {
    internalClasses: {
      description: "Ingress classes that only a private network reaches.",
      default: [],
    },
  },
  check: ({ type, name, props }, { internalClasses = [] }) => {
    if (type !== "kubernetes:networking.k8s.io/v1:Ingress") return [];
    const annotations = at(props, "metadata", "annotations");
    const ingressClass = at(props, "spec", "ingressClassName");
    const isInternal =
      at(annotations, `${ALB}/scheme`) === "internal" ||
      internalClasses.includes(String(ingressClass));
    if (isInternal || hasCertificate(props, annotations) || limitsSources(annotations)) return [];
    return [
      `Ingress ${name} must have a certificate or a list of networks that may connect; got class ${shown(ingressClass)}, plain HTTP, from everywhere. ` +
        "Fix: pulumi config set --path 'grafanaAllowedCidrs[0]' ADDRESS/32, or set grafanaDomain with its certificate",
    ];
  },
};

const hasCertificate = (props: Subject["props"], annotations: unknown): boolean => {
  const tls = at(props, "spec", "tls");
  const hasTls = tls === UNKNOWN || (Array.isArray(tls) && tls.length > 0);
  return hasTls || at(annotations, `${ALB}/certificate-arn`) !== undefined;
};

/** A list that everybody is on limits nobody. */
function limitsSources(annotations: unknown): boolean {
  if (annotations === UNKNOWN) return true;
  return SOURCES.map((key) => at(annotations, key)).some((value) => {
    if (value === UNKNOWN) return true;
    if (typeof value !== "string" || value.trim() === "") return false;
    return !value.split(",").some((cidr) => cidr.trim().endsWith("/0"));
  });
}
