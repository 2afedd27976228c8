import * as pulumi from "@pulumi/pulumi";
import type { Properties } from "../resource";

/** A resource as a value: how a component answers with its children. The SDK fetches it by its URN. */
export const resourceReference = ({ urn, id }: { urn: string; id: string }): Properties => ({
  [pulumi.runtime.specialSigKey]: pulumi.runtime.specialResourceSig,
  urn,
  id,
  packageVersion: "",
});
