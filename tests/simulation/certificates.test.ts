import assert from "node:assert/strict";
import { controllerMade } from "../../simulation/account/controllers";
import { scheduleDestroy } from "../../simulation/account/destroy-schedule";
import { leftovers } from "../../simulation/account/leftovers";
import { orderProblems } from "../../simulation/account/up-order";
import { scheduleUp } from "../../simulation/account/up-schedule";
import { runProgram } from "../../simulation/program";
import { record, type Recording } from "../../simulation/recorder";
import type { Resource } from "../../simulation/resource";
import { readStackFiles } from "../../simulation/stack-files";
import { BrokenGraph } from "../support/broken-graph";
import { cloud, find, PROJECT_NAME, ROOT } from "../support/simulated";

const recordProd = (changes: Readonly<Record<string, string>>): Promise<Recording> => {
  const { project, config, secretKeys } = readStackFiles(ROOT, "prod");
  const changed = Object.entries(changes).map(([key, value]) => [`${PROJECT_NAME}:${key}`, value]);
  const all = { ...config, ...(Object.fromEntries(changed) as Record<string, string>) };
  return record({ project, stack: "prod", cloud, config: all, secretKeys }, runProgram);
};

const made = (resources: readonly Resource[]) =>
  controllerMade(resources, scheduleUp(resources, cloud).spans, cloud);

const leftover = (resources: readonly Resource[]) => {
  const { spans } = scheduleDestroy(resources, scheduleUp(resources, cloud), cloud);
  return leftovers(resources, made(resources), spans, cloud);
};

describe("A certificate that the stack makes, in the simulated cloud", () => {
  let prod: Recording;
  before(async () => {
    prod = await recordProd({ grafanaDomain: "grafana.example.com", hostedZone: "example.com" });
  });

  it("leaves nothing over, and has its order from the program", () => {
    assert.deepEqual(leftover(prod.resources), []);
    assert.deepEqual(orderProblems(prod.resources), []);
  });

  it("cannot be deleted while a listener has it", () => {
    const spoiled = new BrokenGraph(prod)
      .forgetEdgesTo("CertificateValidation", "Certificate monitoring-grafana")
      .after("Certificate", "Release");
    const [left, ...others] = leftover(spoiled.resources);
    assert.deepEqual(others, []);
    assert.equal(left?.kind, find(prod, "aws:acm/certificate:Certificate").type);
    assert.match(left.reason, /^Ingress monitoring-grafana was still there/);
  });

  for (const [what, type, sentence] of [
    [
      "a listener before its certificate is issued",
      "CertificateValidation",
      /^Ingress monitoring-grafana must be made after CertificateValidation .* as an issued certificate/,
    ],
    [
      "a certificate that nobody asks to be issued",
      "Record",
      /^CertificateValidation monitoring-grafana must be made after Record .* that ACM looks for/,
    ],
  ] as const) {
    it(`tells of ${what}`, () => {
      const told = orderProblems(new BrokenGraph(prod).forgetEdgesTo(type).resources);
      assert.ok(
        told.some((problem) => sentence.test(problem)),
        told.join("\n"),
      );
    });
  }

  it("has public addresses only where the load balancer faces the internet", async () => {
    const addresses = ({ resources }: Recording) =>
      made(resources)
        .flatMap(({ charges }) => charges)
        .find(({ item }) => item === "Public IPv4 addresses")?.count;
    assert.equal(addresses(prod), 3);
    assert.equal(addresses(await recordProd({ loadBalancerScheme: "internal" })), undefined);
  });
});
