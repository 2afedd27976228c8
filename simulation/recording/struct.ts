import * as pulumi from "@pulumi/pulumi";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Properties } from "../resource";

/** Plain values; secrets, unknown values and references stay in the form that the engine gives them. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

/** Through JSON, which drops what is undefined: protobuf has no such value. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(
    JSON.parse(JSON.stringify(properties)) as Parameters<typeof Struct.fromJavaScript>[0],
  );
}

/** As the SDK sends them: Outputs awaited, secrets marked. */
export const sdkStruct = async (properties: Properties): Promise<Struct> =>
  Struct.fromJavaScript(
    (await pulumi.runtime.serializeProperties("", properties)) as Record<string, never>,
  );
