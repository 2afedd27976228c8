import assert from "node:assert/strict";
import type { ValidateFunction } from "ajv";
import { recordStack } from "../../simulation/record-stack";
import { type DeployedService, deployedService } from "../../verification/deployed";
import { deployedLibraryService } from "../../verification/proof/library-service";
import { CRDS, crdsPresent, crdValidator } from "../support/crd-schema";
import { absent } from "../support/external-tool";

describe("the objects for the operator", () => {
  let task: DeployedService;
  let library: DeployedService;
  before(async function () {
    if (!crdsPresent()) absent(this, CRDS);
    task = deployedService(await recordStack("prod"), "task-service");
    library = await deployedLibraryService();
  });

  it("are valid PrometheusRules", () => {
    for (const { prometheusRule } of [task, library]) {
      accepts(crdValidator("prometheusrules"), prometheusRule);
    }
  });

  it("are valid ServiceMonitors", () => {
    for (const { serviceMonitor } of [task, library]) {
      accepts(crdValidator("servicemonitors"), serviceMonitor);
    }
  });

  it("would be refused with a field that the CRD does not know", () => {
    const [group] = task.rules.groups;
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
