/** What controllers make outside the cluster, as the account keeps it. */
export interface ControllerAccount {
  /** Made, or already there: kind and name are its identity. */
  put(object: ControllerObject): void;
  remove(kind: ControllerObject["kind"], name: string): void;
}

export interface ControllerObject {
  readonly kind: "LoadBalancer" | "NetworkInterface" | "SecurityGroup" | "Volume" | "LogGroup";
  readonly name: string;
  /** As long as it is there, its network cannot be deleted. */
  readonly inVpc: boolean;
  /** ARN of what it uses, which cannot be deleted meanwhile. @default nothing */
  readonly uses?: string;
  /** What it was made for, as one clause. */
  readonly reason: string;
}
