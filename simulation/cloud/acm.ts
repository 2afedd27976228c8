import { at, hashOf, isProperties, textAt } from "../resource";
import type { Behaviour, CloudResource, CreateCall, Need } from "./behaviour";
import { byInput } from "./references";
import { RECORD } from "./route53";

export const CERTIFICATE = "aws:acm/certificate:Certificate";
const VALIDATION = "aws:acm/certificateValidation:CertificateValidation";

/** Public certificates cost nothing (https://aws.amazon.com/certificate-manager/pricing/). */
export const acm: Readonly<Record<string, Behaviour>> = {
  [CERTIFICATE]: {
    duration: "awsCall",
    id: certificateArn,
    outputs: (call) => ({
      arn: certificateArn(call),
      domainValidationOptions: [validationOption(textAt(call.inputs, "domainName"))],
    }),
    replacedBy: ["domainName", "validationMethod"],
  },
  // Nothing of it exists in AWS: it waits until ACM has found the record.
  [VALIDATION]: {
    duration: "certificateIssued",
    stateOnly: true,
    createPutsInPlace: true,
    id: ({ inputs }) => String(inputs.certificateArn),
    replacedBy: ["certificateArn", "validationRecordFqdns"],
    references: [byInput("certificateArn", CERTIFICATE)],
    needs: (validation, all) => recordsAskedFor(validation, all),
  },
};

/** What has to be there before a listener can have a certificate that the stack makes. */
export const issued = (certificate: CloudResource, all: readonly CloudResource[]): Need => ({
  what: `${certificate.name} as an issued certificate`,
  from: all.filter(
    ({ type, inputs }) => type === VALIDATION && inputs.certificateArn === certificate.outputs.arn,
  ),
  forReadiness: true,
});

function certificateArn({ account, hash }: CreateCall): string {
  const id = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 28)];
  return `arn:aws:acm:${account.region}:${account.accountId}:certificate/${id.join("-")}`;
}

/** The same for every certificate of the account for the same name. */
function validationOption(domainName: string) {
  const hash = hashOf(domainName);
  return {
    domainName,
    resourceRecordName: `_${hash.slice(0, 32)}.${domainName}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${hash.slice(32)}.acm-validations.aws.`,
  };
}

function recordsAskedFor(
  validation: CloudResource,
  all: readonly CloudResource[],
): readonly Need[] {
  const certificate = all.find(
    ({ type, outputs }) =>
      type === CERTIFICATE && outputs.arn === at(validation.inputs, "certificateArn"),
  );
  const options = certificate?.outputs.domainValidationOptions;
  return (Array.isArray(options) ? options : []).filter(isProperties).map((option) => ({
    what: `the record ${String(option.resourceRecordName)} that ACM looks for`,
    from: all.filter(
      ({ type, inputs }) => type === RECORD && inputs.name === option.resourceRecordName,
    ),
    forReadiness: true,
  }));
}
