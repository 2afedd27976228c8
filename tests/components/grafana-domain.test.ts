import assert from "node:assert/strict";
import { eksPlatform } from "../../components/cluster/eks-platform";
import {
  MonitoringStack,
  type MonitoringStackArgs,
} from "../../components/monitoring-stack/monitoring-stack";
import type { Recording } from "../../simulation/recorder";
import type { Resource } from "../../simulation/resource";
import { barePlatform, eksTestArgs, eksTestPlatform } from "../support/platforms";
import { expectRejections } from "../support/rejections";
import { cloud, dependenciesOf, elsewhere, find, input, recordProgram } from "../support/simulated";

const HTTPS = { domain: "grafana.example.com", zone: "example.com" };
const CERTIFICATE = "aws:acm/certificate:Certificate";
const VALIDATION = "aws:acm/certificateValidation:CertificateValidation";
const RECORD = "aws:route53/record:Record";
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";

const recordMonitoring = (
  changes: Partial<MonitoringStackArgs> = {},
  { preview = false, where = cloud } = {},
): Promise<Recording> =>
  recordProgram(
    () => {
      const { grafanaUrl, grafanaLoadBalancer } = new MonitoringStack("m", {
        namespace: "prometheus",
        platform: eksTestPlatform,
        retentionDays: 31,
        scrapeInterval: "30s",
        grafana: { https: HTTPS },
        alerting: {},
        ...changes,
      });
      return { grafanaUrl, grafanaLoadBalancer, deps: dependenciesOfOutput(grafanaUrl) };
    },
    preview,
    where,
  );

/** URNs that have to be there before an output is known. */
const dependenciesOfOutput = async (output: unknown): Promise<string[]> => {
  const { allResources } = output as { allResources: () => Promise<ReadonlySet<HasUrn>> };
  const resources = [...(await allResources())];
  const urns = await Promise.all(resources.map(({ urn }) => urn.promise()));
  return urns.map((urn) => urn.split("::").slice(2).join(" ")).sort();
};

interface HasUrn {
  readonly urn: { readonly promise: () => Promise<string> };
}

describe("Grafana's domain in a zone of Route 53", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordMonitoring();
  });
  const annotationsOf = (ingress: Resource) =>
    input(ingress, "metadata.annotations") as Record<string, string>;

  it("has a certificate for the domain, which ACM validates by a record in the zone", () => {
    const certificate = find(recording, CERTIFICATE, "m-grafana");
    assert.deepEqual(certificate.inputs, {
      domainName: "grafana.example.com",
      validationMethod: "DNS",
    });
    const [option] = certificate.outputs.domainValidationOptions as [Record<string, string>];
    const record = find(recording, RECORD, "m-grafana-validation");
    assert.equal(input(record, "name"), option.resourceRecordName);
    assert.deepEqual(input(record, "records"), [option.resourceRecordValue]);
    assert.equal(input(record, "type"), "CNAME");
    // An older certificate for the same name has left it there.
    assert.equal(input(record, "allowOverwrite"), true);
    assert.equal(input(record, "zoneId"), input(find(recording, RECORD, "m-grafana"), "zoneId"));
  });

  it("gives the listener the certificate when it is issued and not before", () => {
    const ingress = find(recording, INGRESS);
    const { arn } = find(recording, CERTIFICATE).outputs;
    assert.equal(annotationsOf(ingress)["alb.ingress.kubernetes.io/certificate-arn"], arn);
    assert.ok(dependenciesOf(recording, ingress).includes(`${VALIDATION} m-grafana`));
    assert.deepEqual(dependenciesOf(recording, find(recording, VALIDATION)), [
      `${CERTIFICATE} m-grafana`,
      `${RECORD} m-grafana-validation`,
    ]);
  });

  it("is pointed at the load balancer, and takes no name that is in use", () => {
    const record = find(recording, RECORD, "m-grafana");
    assert.equal(input(record, "name"), "grafana.example.com");
    assert.equal(input(record, "type"), "A");
    assert.equal(input(record, "allowOverwrite"), undefined);
    const [alias] = input(record, "aliases") as [Record<string, unknown>];
    assert.equal(alias.name, recording.outputs.grafanaLoadBalancer);
    assert.match(String(alias.zoneId), /^Z[0-9A-F]{20}$/);
    assert.notEqual(alias.zoneId, input(record, "zoneId"));
  });

  it("is grafanaUrl, once it is pointed", () => {
    assert.equal(recording.outputs.grafanaUrl, "https://grafana.example.com");
    const waits = recording.outputs.deps as string[];
    assert.ok(
      waits.some((urn) => urn.endsWith(`${RECORD} m-grafana`)),
      waits.join("\n"),
    );
  });

  it("makes the same resources in a preview", async () => {
    const preview = await recordMonitoring({}, { preview: true });
    const urns = ({ resources }: Recording) => resources.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(preview), urns(recording));
  });

  it("makes nothing in AWS for a certificate that is given", async () => {
    const certificate = "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d";
    const https = { domain: HTTPS.domain, certificate };
    const given = await recordMonitoring({ grafana: { https } });
    assert.ok(!given.resources.some(({ type }) => type.startsWith("aws:")));
    const annotations = annotationsOf(find(given, INGRESS));
    assert.equal(annotations["alb.ingress.kubernetes.io/certificate-arn"], certificate);
  });

  it("is refused where the platform makes no records", async () => {
    const ingressController = { className: "nginx", expose: () => ({ annotations: {} }) };
    const platform = { ...barePlatform, ingressController };
    const message = /grafana\.https\.zone must be left out; got example\.com, .* Fix: /;
    expectRejections(message);
    await assert.rejects(recordMonitoring({ platform }, { where: elsewhere }), message);
  });
});

describe("The scheme of Grafana's load balancer", () => {
  // That the engine then deletes first and makes anew, npm run rehearse shows.
  it("is kept for the life of the Ingress", async () => {
    for (const loadBalancerScheme of ["internet-facing", "internal"] as const) {
      const platform = eksPlatform({ ...eksTestArgs, loadBalancerScheme });
      const ingress = find(await recordMonitoring({ platform }), INGRESS);
      assert.equal(ingress.replacementTrigger, loadBalancerScheme);
      assert.equal(ingress.deleteBeforeReplace, true);
    }
  });
});
