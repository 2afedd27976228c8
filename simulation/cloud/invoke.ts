import type { Properties } from "../resource";
import type { Account, CloudResource } from "./behaviour";

/** Answers a provider function, such as `aws.ec2.getRouteTable`. It makes nothing. */
export type Invoke = (inputs: Properties, cloud: InvokeContext) => Properties;

interface InvokeContext {
  readonly account: Account;
  /** What exists at the moment of the call. */
  readonly resources: readonly CloudResource[];
}
