import { at, isProperties, reveal } from "../resource";
import {
  type Behaviour,
  type CloudResource,
  type ControllerContext,
  type ControllerObject,
  type CreateCall,
  type Need,
  shortName,
} from "./behaviour";
import { CERTIFICATE, issued } from "./acm";
import { durations } from "./durations";
import { zonesOf } from "./ec2";
import { CLUSTER } from "./eks";
import { named, object, OBJECT_REPLACED_BY, reachableUntilGone } from "./kubernetes-object";
import { hourly, inCents, prices, traffic } from "./prices";
import { byInput } from "./references";

const INGRESS_CLASS = "kubernetes:networking.k8s.io/v1:IngressClass";
const CLASS_PARAMS = "kubernetes:eks.amazonaws.com/v1:IngressClassParams";
const plain = object("kubernetesCall");
const ingress = object("loadBalancer", (resource, all) => [
  ...controllerOf(resource, all).map((need) => ({ ...need, forReadiness: true as const })),
  ...all
    .filter((other) => other.type === CERTIFICATE && hasCertificate(resource, other))
    .map((certificate) => issued(certificate, all)),
]);

/** What Auto Mode's load balancer controller works on. */
export const kubernetesIngress: Readonly<Record<string, Behaviour>> = {
  [CLASS_PARAMS]: {
    ...object("kubernetesCall", (_params, all) => [
      { what: "the CRD IngressClassParams, which EKS Auto Mode brings", from: autoMode(all) },
    ]),
  },
  [INGRESS_CLASS]: {
    ...plain,
    replacedBy: [...OBJECT_REPLACED_BY, "spec.controller"],
    references: [...(plain.references ?? []), byInput("spec.parameters.name", CLASS_PARAMS)],
  },
  "kubernetes:networking.k8s.io/v1:Ingress": {
    ...ingress,
    holds: "the address of its load balancer, so that a name has to point at another one",
    references: [
      ...(ingress.references ?? []),
      {
        to: CERTIFICATE,
        because: "its listener has that certificate",
        matches: hasCertificate,
        onDelete: "refused",
      },
    ],
    outputs: (call) => ({
      ...named(call),
      status: { loadBalancer: { ingress: [loadBalancerAddress(call)] } },
    }),
    // The finalizer is taken off by the class' controller, once the load balancer is gone.
    needsUntilGone: (ingress, all) => [
      ...controllerOf(ingress, all),
      ...reachableUntilGone(ingress, all),
    ],
    controllers: loadBalancer,
  },
};

const autoMode = (all: readonly CloudResource[]): readonly CloudResource[] =>
  all.filter(
    ({ type, inputs }) => type === CLUSTER && at(inputs, "computeConfig.enabled") === true,
  );

/** The class of an Ingress and the parameters of that class. */
function controllerOf(ingress: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const className = at(reveal(ingress.inputs), "spec.ingressClassName");
  const classes = all.filter(({ type, id }) => type === INGRESS_CLASS && id === className);
  const parameters = classes.map(({ inputs }) => at(inputs, "spec.parameters.name"));
  const needed = parameters.filter((name) => typeof name === "string");
  return [
    { what: `its class ${String(className)}`, from: classes },
    ...needed.map((name) => ({
      what: `the parameters ${name} of its class`,
      from: all.filter(({ type, id }) => type === CLASS_PARAMS && id === name),
    })),
  ];
}

/** Its load balancer has a listener with the certificate, which cannot be deleted meanwhile. */
function hasCertificate(ingress: CloudResource, { outputs }: CloudResource): boolean {
  const annotations = at(reveal(ingress.inputs), "metadata.annotations");
  const arn = isProperties(annotations)
    ? annotations["alb.ingress.kubernetes.io/certificate-arn"]
    : undefined;
  return arn !== undefined && arn === outputs.arn;
}

/** TEST-NET-1 (RFC 5737) stands for the address that another cloud would give. */
const loadBalancerAddress = (call: CreateCall): { hostname: string } | { ip: string } =>
  call.account.existingCluster ? { ip: "192.0.2.10" } : { hostname: loadBalancerHostname(call) };

function loadBalancerHostname(call: CreateCall): string {
  const { namespace, name } = named(call).metadata;
  const short = (text: unknown) => String(text).replaceAll("-", "").slice(0, 8);
  const digits = Number.parseInt(call.hash.slice(0, 8), 16);
  return `k8s-${short(namespace)}-${short(name)}-${call.hash.slice(0, 10)}-${digits}.${call.account.region}.elb.amazonaws.com`;
}

function loadBalancer(
  ingress: CloudResource,
  { account, resources }: ControllerContext,
): ControllerObject[] {
  // What the controller of another cluster makes is not known.
  if (account.existingCluster) return [];
  const inputs = reveal(ingress.inputs);
  const name = `${String(at(inputs, "metadata.namespace"))}/${String(at(inputs, "metadata.name"))}`;
  const { loadBalancerHour, loadBalancerLcuHour, publicIpv4 } = prices(account.region);
  // One in every zone, where it faces the internet.
  const publicAddresses = isInternal(ingress, resources) ? 0 : zonesOf(resources);
  const whyKept: ControllerObject["whyKept"] = (destroy) => {
    if (!destroy.deletion(ingress)) {
      return `its Ingress was never deleted: ${destroy.whyNoCall(ingress)}`;
    }
    const missed = destroy.missedWhileDeleting(ingress);
    return missed && `${shortName(missed)} was being deleted before its Ingress was gone`;
  };
  return [
    {
      kind: "LoadBalancer",
      name,
      charges: [
        hourly("Load balancers", loadBalancerHour),
        hourly("Load balancer capacity", loadBalancerLcuHour, traffic.loadBalancerLcu),
        ...(publicAddresses > 0
          ? [hourly("Public IPv4 addresses", publicIpv4, publicAddresses)]
          : []),
      ].map(inCents),
      // Its name is there long before it answers, and `up` waits for the name only.
      span: ({ start }) => ({ start, end: start + durations.loadBalancerActive.create }),
      whyKept,
    },
    { kind: "SecurityGroup", name, charges: [], whyKept },
    { kind: "NetworkInterface", name, charges: [], whyKept },
  ];
}

const isInternal = (ingress: CloudResource, all: readonly CloudResource[]): boolean =>
  controllerOf(ingress, all).some(({ from }) =>
    from.some(
      ({ type, inputs }) => type === CLASS_PARAMS && at(inputs, "spec.scheme") === "internal",
    ),
  );
