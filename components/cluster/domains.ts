import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DomainArgs, Domains, PointedDomainArgs } from "../platform";

/** Long enough that resolvers keep it, short enough that a changed record is seen in minutes. */
const VALIDATION_TTL_SECONDS = 300;

/** Names in public Route 53 zones, with certificates of ACM in the stack's region. */
export const route53Domains: Domains = { certify, point };

/**
 * A certificate that ACM renews by itself for as long as the validation record is there.
 * @returns its ARN, when it is issued: a listener cannot have one that is not
 */
function certify(
  name: string,
  { domain, zone }: DomainArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const certificate = new aws.acm.Certificate(
    name,
    { domainName: domain, validationMethod: "DNS" },
    opts,
  );
  // One for each name of a certificate, and this one has one name.
  const asked = certificate.domainValidationOptions.apply(([option]) => {
    if (!option) throw new Error(`ACM must ask for a record to validate ${domain}; got none`);
    return option;
  });
  const record = new aws.route53.Record(
    `${name}-validation`,
    {
      zoneId: zoneId(zone, opts),
      name: asked.resourceRecordName,
      type: asked.resourceRecordType,
      records: [asked.resourceRecordValue],
      ttl: VALIDATION_TTL_SECONDS,
      // Every certificate of an account for the same name asks for the same record, so that an older one
      // may have left it there.
      allowOverwrite: true,
    },
    opts,
  );
  return new aws.acm.CertificateValidation(
    name,
    { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
    opts,
  ).certificateArn;
}

/**
 * An alias: unlike a CNAME it can stand at the zone's own name, and no query of it is billed. Without
 * `allowOverwrite`, so that a name that somebody uses already is refused and not taken away.
 */
function point(
  name: string,
  { domain, zone, loadBalancer }: PointedDomainArgs,
  opts: pulumi.CustomResourceOptions,
): aws.route53.Record {
  const { id } = aws.lb.getHostedZoneIdOutput({ loadBalancerType: "application" }, asking(opts));
  return new aws.route53.Record(
    name,
    {
      zoneId: zoneId(zone, opts),
      name: domain,
      type: "A",
      // There is one load balancer: with none healthy, no other answer would be better.
      aliases: [{ name: loadBalancer, zoneId: id, evaluateTargetHealth: false }],
    },
    opts,
  );
}

const zoneId = (zone: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> =>
  aws.route53.getZoneOutput({ name: zone, privateZone: false }, asking(opts)).zoneId;

/** Asked with the provider that the resources are made with. */
const asking = ({ parent }: pulumi.CustomResourceOptions): pulumi.InvokeOutputOptions =>
  parent ? { parent } : {};
