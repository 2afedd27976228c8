import assert from "node:assert/strict";
import { recordStack } from "../../../simulation/record-stack";
import { type DeployedService, deployedService } from "../../../verification/deployed";
import { jobName, podTarget, scrapeConfig } from "../../../verification/proof/scrape-config";

describe("the scrape job of a service", () => {
  let objects: DeployedService;
  before(async () => {
    objects = deployedService(await recordStack("prod"), "task-service");
  });

  it("has the operator's name for it", () => {
    assert.equal(jobName(objects.serviceMonitor), "serviceMonitor/prod/task-service-monitor/0");
  });

  it("keeps what has the selector's labels and the port's name, and nothing else", () => {
    const { relabel_configs } = scrapeConfig(objects.serviceMonitor, []);
    assert.deepEqual(
      relabel_configs.filter((step) => "action" in step && step.action === "keep"),
      [
        {
          action: "keep",
          source_labels: [
            "__meta_kubernetes_service_label_app",
            "__meta_kubernetes_service_labelpresent_app",
          ],
          regex: "(task-service);true",
        },
        {
          action: "keep",
          source_labels: ["__meta_kubernetes_endpointslice_port_name"],
          regex: "http",
        },
      ],
    );
  });

  it("finds the pods: monitor, Service and Deployment agree on labels, ports and namespace", () => {
    const { labels } = podTarget(objects, 3000);
    const { selector, endpoints } = objects.serviceMonitor.spec;
    for (const [label, value] of Object.entries(selector.matchLabels)) {
      assert.equal(labels[`__meta_kubernetes_service_label_${label}`], value);
    }
    assert.equal(labels.__meta_kubernetes_endpointslice_port_name, endpoints[0]?.port);
    assert.equal(labels.__meta_kubernetes_namespace, objects.serviceMonitor.metadata.namespace);
  });

  it("would not find pods that the Service does not select", () => {
    const { service } = objects;
    const other = { ...service, spec: { ...service.spec, selector: { app: "other" } } };
    assert.throws(() => podTarget({ ...objects, service: other }, 3000), /selects app=other/);
  });

  it("would not find a port that the container does not have", () => {
    const { service } = objects;
    const ports = [{ name: "http", targetPort: "web" }];
    const other = { ...service, spec: { ...service.spec, ports } };
    assert.throws(
      () => podTarget({ ...objects, service: other }, 3000),
      /no container has the port/,
    );
  });
});
