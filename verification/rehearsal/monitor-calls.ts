import type { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import { fromStruct, toStruct } from "../../simulation/recording/struct";
import type { Properties } from "../../simulation/resource";

/** A resource as the engine has registered it. */
export interface Registered {
  readonly urn: string;
  readonly outputs: Properties;
}

export function register(
  monitor: ResourceMonitorClient,
  request: resource.RegisterResourceRequest,
): Promise<Registered> {
  return new Promise((resolve, reject) => {
    monitor.registerResource(request, (error, response) => {
      if (error) reject(error);
      else {
        const id = response.getId();
        const outputs = { ...fromStruct(response.getObject()), id };
        resolve({ urn: response.getUrn(), outputs });
      }
    });
  });
}

export function registerOutputs(
  monitor: ResourceMonitorClient,
  urn: string,
  outputs: Properties,
): Promise<void> {
  const request = new resource.RegisterResourceOutputsRequest()
    .setUrn(urn)
    .setOutputs(toStruct(outputs));
  return new Promise((resolve, reject) => {
    monitor.registerResourceOutputs(request, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Calls a provider function and drops its answer. */
export function invoke(
  monitor: ResourceMonitorClient,
  request: resource.ResourceInvokeRequest,
): Promise<void> {
  return new Promise((resolve, reject) => {
    monitor.invoke(request, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
