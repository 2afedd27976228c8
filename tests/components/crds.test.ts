import assert from "node:assert/strict";
import type { ValidateFunction } from "ajv";
import { serviceRules } from "../../observability/alerts/service-rules";
import { libraryService, taskService } from "../../verification/proof/sample-services";
import { deployedObjects } from "../../verification/proof/deployed-objects";
import { CRDS, crdsPresent, crdValidator } from "../support/crd-schema";
import { absent } from "../support/external-tool";

describe("the objects for the operator", () => {
  before(function () {
    if (!crdsPresent()) absent(this, CRDS);
  });

  for (const facts of [taskService, libraryService]) {
    it(`are a valid PrometheusRule of ${facts.name}`, () => {
      const rule = prometheusRule(serviceRules(facts));
      // As it is sent: undefined would hide in a comparison of objects.
      accepts(crdValidator("prometheusrules"), JSON.parse(JSON.stringify(rule)));
    });
  }

  it("are a valid ServiceMonitor", async () => {
    const { serviceMonitor } = await deployedObjects(taskService);
    accepts(crdValidator("servicemonitors"), serviceMonitor);
  });

  it("would be refused with a field that the CRD does not know", () => {
    const [group] = serviceRules(taskService).groups;
    const [first] = group?.rules ?? [];
    const misspelt = { groups: [{ ...group, rules: [{ ...first, sumary: "typo" }] }] };
    const validate = crdValidator("prometheusrules");
    assert.equal(validate(prometheusRule(misspelt)), false);
    assert.match(JSON.stringify(validate.errors), /sumary/);
  });

  it("would be refused with a duration that is none", () => {
    const validate = crdValidator("prometheusrules");
    assert.equal(validate(prometheusRule({ groups: [{ name: "g", interval: "often" }] })), false);
  });
});

const prometheusRule = (spec: object) => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: { name: "task-service" },
  spec,
});

function accepts(validate: ValidateFunction, object: unknown): void {
  const valid = validate(object);
  assert.ok(valid, JSON.stringify(validate.errors, undefined, 2));
}
