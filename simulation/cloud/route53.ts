import { hashOf, textAt } from "../resource";
import type { Behaviour, CreateCall } from "./behaviour";
import type { Invoke } from "./invoke";

export const RECORD = "aws:route53/record:Record";

/** Queries are few, and those of aliases to load balancers free; the zone is not the stack's. */
export const route53: Readonly<Record<string, Behaviour>> = {
  [RECORD]: {
    duration: "dnsChange",
    id: (call) => `${String(call.inputs.zoneId)}_${nameOf(call)}_${String(call.inputs.type)}`,
    outputs: (call) => ({ fqdn: nameOf(call) }),
    identity: ["zoneId", "name", "type"],
    replacedBy: ["zoneId", "name"],
  },
};

/** ACM ends names with a dot, and the provider takes it off. Unknown in a preview. */
const nameOf = ({ inputs }: CreateCall): string => String(inputs.name).replace(/\.$/, "");

const zoneIdOf = (name: string): string => `Z${hashOf(name).slice(0, 20).toUpperCase()}`;

/** Made up: every zone that is asked for is there. */
export const route53Invokes: Readonly<Record<string, Invoke>> = {
  "aws:route53/getZone:getZone": (inputs) => {
    const zoneId = zoneIdOf(textAt(inputs, "name"));
    return { ...inputs, id: zoneId, zoneId };
  },
  "aws:lb/getHostedZoneId:getHostedZoneId": (inputs, { account: { region } }) => ({
    ...inputs,
    region,
    id: zoneIdOf(`${region}.elb.amazonaws.com`),
  }),
};
