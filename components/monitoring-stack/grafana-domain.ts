import * as pulumi from "@pulumi/pulumi";
import type { Domains, Platform } from "../platform";
import type { GrafanaAddress, GrafanaDomain } from "./grafana";

/**
 * The certificate that is given, or one that is issued for the domain; undefined where there is neither.
 * @throws Error where the platform makes none
 */
export function domainCertificate(
  name: string,
  https: GrafanaDomain | undefined,
  platform: Platform,
  opts: pulumi.CustomResourceOptions,
): pulumi.Input<string> | undefined {
  if (https?.zone === undefined) return https?.certificate;
  const { domain, zone } = https;
  return domainsOf(https, platform).certify(`${name}-grafana`, { domain, zone }, opts);
}

/** Points the domain at the load balancer, where it has a zone; the address waits for that. */
export function pointDomain(
  name: string,
  https: GrafanaDomain | undefined,
  platform: Platform,
  address: GrafanaAddress,
  opts: pulumi.CustomResourceOptions,
): GrafanaAddress {
  const { loadBalancer } = address;
  if (https?.zone === undefined || loadBalancer === undefined) return address;
  const { domain, zone } = https;
  const record = domainsOf(https, platform).point(
    `${name}-grafana`,
    { domain, zone, loadBalancer },
    opts,
  );
  return { ...address, url: pulumi.all([address.url, record.urn]).apply(([url]) => url) };
}

function domainsOf({ domain, zone = "" }: GrafanaDomain, { domains }: Platform): Domains {
  if (domains) return domains;
  throw new Error(
    `grafana.https.zone must be left out; got ${zone}, and the platform makes no certificates and DNS records. Fix: leave it out, and point ${domain} at the load balancer by hand.`,
  );
}
