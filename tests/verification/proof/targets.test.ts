import assert from "node:assert/strict";
import { stringify } from "yaml";
import { recordStack } from "../../../simulation/record-stack";
import { type DeployedService, deployedService } from "../../../verification/deployed";
import { targetProblems } from "../../../verification/proof/targets";

const POOL = "serviceMonitor/prod/task-service-monitor/0";
const LABELS = {
  job: "task-service",
  service: "task-service",
  container: "task-service",
  namespace: "prod",
  endpoint: "http",
};
const LABEL = "__meta_kubernetes_service_label_app";

describe("what is asked of the operator's scrape jobs", () => {
  let service: DeployedService;
  before(async () => {
    service = deployedService(await recordStack("prod"), "task-service");
  });

  const config = (job: string, regex: string) =>
    stringify({
      scrape_configs: [
        {
          job_name: job,
          relabel_configs: [
            { action: "keep", source_labels: [LABEL, `${LABEL}present_app`], regex },
          ],
        },
      ],
    });
  const target = (address: string, labels: object = {}, health: "up" | "down" = "up") => ({
    scrapePool: POOL,
    health,
    lastError: "",
    labels: { ...LABELS, instance: `${address}:3000`, ...labels },
  });
  const RIGHT = config(POOL, "(task-service);true");
  const PODS = [target("10.244.0.1"), target("10.244.0.2")];
  const expected = () => ({ service, addresses: ["10.244.0.2", "10.244.0.1"] });
  const problems = (text = RIGHT, activeTargets = PODS) =>
    targetProblems(text, { activeTargets, droppedTargets: [] }, [expected()]);

  it("is the tutorial's job, with its rule, every pod and nothing else", () => {
    assert.deepEqual(problems(), []);
  });

  it("is not met by another job or another rule", () => {
    assert.match(problems(config("other", "x")).join(), /the operator wrote no job serviceMonitor/);
    assert.match(
      problems(config(POOL, "(other);true")).join(),
      /must keep app by \(task-service\);true; got \(other\);true/,
    );
  });

  it("is not met with a pod too few, one too many, a label missing or a pod down", () => {
    const third = target("10.244.0.3");
    assert.match(
      problems(RIGHT, PODS.slice(1)).join(),
      /must have the targets .*; got 10\.244\.0\.2/,
    );
    assert.match(problems(RIGHT, [...PODS, third]).join(), /got .*10\.244\.0\.3/);
    const [first = third] = PODS;
    const other = target("10.244.0.2", { job: "other" });
    assert.match(
      problems(RIGHT, [first, other]).join(),
      /must have job="task-service"; got "other"/,
    );
    assert.match(problems(RIGHT, [first, target("10.244.0.2", {}, "down")]).join(), /is down/);
  });

  it("is not met where the pods of another service beside it were not even found", () => {
    const found = (namespace: string, droppedTargets: readonly { scrapePool: string }[]) =>
      targetProblems(RIGHT, { activeTargets: PODS, droppedTargets }, [
        expected(),
        { service: { ...service, namespace }, addresses: [] },
      ]).filter((problem) => problem.includes("dropped no target"));
    assert.ok(found("prod", []).length > 0);
    assert.deepEqual(found("prod", [{ scrapePool: POOL }]), []);
    assert.deepEqual(found("elsewhere", []), []);
  });
});
