import { createHash } from "node:crypto";
import type { Kubernetes, KubernetesObject } from "../kubernetes";
import type { ControllerAccount } from "./controller-account";

interface IngressClass extends KubernetesObject {
  readonly spec?: {
    readonly controller?: string;
    readonly parameters?: {
      readonly apiGroup?: string;
      readonly kind: string;
      readonly name: string;
    };
  };
}

/** Of the CRD IngressClassParams, what counts here; internal is the controller's default. */
interface ClassParameters {
  readonly spec?: { readonly scheme?: "internal" | "internet-facing" };
}

interface Ingress extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly ingressClassName?: string };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly hostname?: string }[] };
  };
}

const NETWORKING = "networking.k8s.io/v1";
const CONTROLLER = "eks.amazonaws.com/alb";
/** As `service.eks.amazonaws.com/resources`, which Auto Mode puts on Services of its class. */
const FINALIZER = "ingress.eks.amazonaws.com/resources";

/** The controller of Application Load Balancers: one for each Ingress of its class. */
export class LoadBalancers {
  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly account: ControllerAccount,
    private readonly region: string,
  ) {}

  async reconcile(): Promise<void> {
    const classes = await this.kubernetes.list<IngressClass>(NETWORKING, "IngressClass");
    const own = classes.filter(({ spec }) => spec?.controller === CONTROLLER);
    for (const ingress of await this.kubernetes.list<Ingress>(NETWORKING, "Ingress")) {
      const ownClass = own.find(({ metadata }) => metadata.name === ingress.spec?.ingressClassName);
      if (ownClass === undefined) continue;
      const parameters = await this.parametersOf(ownClass);
      // Without the parameters that a class names, the controller cannot build or remove anything of it.
      if (parameters === undefined) continue;
      const isEnding = ingress.metadata.deletionTimestamp !== undefined;
      await (isEnding ? this.remove(ingress) : this.provide(ingress, parameters));
    }
  }

  /** Empty ones for a class that names none; undefined where those that it names are not there. */
  private async parametersOf({ spec }: IngressClass): Promise<ClassParameters | undefined> {
    if (spec?.parameters === undefined) return {};
    const { apiGroup = "", kind, name } = spec.parameters;
    return this.kubernetes.get<KubernetesObject & ClassParameters>(`${apiGroup}/v1`, kind, name);
  }

  /** The finalizer comes before anything that it stands for. */
  private async provide(ingress: Ingress, { spec }: ClassParameters): Promise<void> {
    const { finalizers = [] } = ingress.metadata;
    if (!finalizers.includes(FINALIZER)) {
      await this.setFinalizers(ingress, [...finalizers, FINALIZER]);
    }
    const name = nameOf(ingress);
    const reason = `for the Ingress ${name}`;
    for (const kind of ["SecurityGroup", "NetworkInterface"] as const) {
      this.account.put({ kind, name, inVpc: true, reason });
    }
    const uses = ingress.metadata.annotations?.["alb.ingress.kubernetes.io/certificate-arn"];
    const loadBalancer = { kind: "LoadBalancer", name, inVpc: true, reason } as const;
    this.account.put({ ...loadBalancer, ...(uses !== undefined && { uses }) });
    const hostname = this.hostname(ingress, spec?.scheme ?? "internal");
    if (ingress.status?.loadBalancer?.ingress?.[0]?.hostname === hostname) return;
    await this.kubernetes.patchStatus(ingress, { loadBalancer: { ingress: [{ hostname }] } });
  }

  private async remove(ingress: Ingress): Promise<void> {
    const { finalizers = [] } = ingress.metadata;
    if (!finalizers.includes(FINALIZER)) return;
    const name = nameOf(ingress);
    for (const kind of ["LoadBalancer", "NetworkInterface", "SecurityGroup"] as const) {
      this.account.remove(kind, name);
    }
    await this.setFinalizers(
      ingress,
      finalizers.filter((finalizer) => finalizer !== FINALIZER),
    );
  }

  /** Refused where another has changed the Ingress since: its finalizers may be others now. */
  private setFinalizers(ingress: Ingress, finalizers: readonly string[]): Promise<void> {
    const { resourceVersion } = ingress.metadata;
    return this.kubernetes.patch(ingress, { metadata: { finalizers, resourceVersion } });
  }

  /** Another one for each scheme: a load balancer cannot change it, so there is another. */
  private hostname({ metadata: { namespace, name, uid = "" } }: Ingress, scheme: string): string {
    const hash = createHash("sha256").update(`${uid} ${scheme}`).digest("hex");
    const short = (text = "") => text.replaceAll("-", "").slice(0, 8);
    const digits = Number.parseInt(hash.slice(10, 18), 16);
    const prefix = scheme === "internal" ? "internal-" : "";
    return `${prefix}k8s-${short(namespace)}-${short(name)}-${hash.slice(0, 10)}-${digits}.${this.region}.elb.amazonaws.com`;
  }
}

const nameOf = ({ metadata: { namespace = "", name } }: KubernetesObject): string =>
  `${namespace}/${name}`;
