/** What controllers make outside the cluster, as the account keeps it. */
export interface ControllerAccount {
  /** Made, or already there: kind and name are its identity. */
  put(object: ControllerObject): void;
  remove(kind: ControllerObject["kind"], name: string): void;
}

export interface ControllerObject {
  readonly kind: "LoadBalancer" | "NetworkInterface" | "SecurityGroup" | "Volume";
  readonly name: string;
  /** As long as it is there, its network cannot be deleted. */
  readonly inVpc: boolean;
  /** What it was made for, as one clause. */
  readonly reason: string;
}
