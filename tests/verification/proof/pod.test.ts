import assert from "node:assert/strict";
import { containerOf, environmentOf, expanded, type Pod } from "../../../verification/proof/pod";

describe("a pod's process", () => {
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "prometheus-0", namespace: "prometheus" },
    spec: {
      containers: [
        {
          name: "config-reloader",
          image: "reloader:1",
          env: [
            { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
            { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
            { name: "SHARD", value: "0" },
          ],
        },
      ],
    },
    status: { phase: "Running", podIP: "10.244.0.7" },
  };
  const environment = environmentOf(pod, containerOf(pod, "config-reloader"));

  it("has its container's environment", () => {
    assert.deepEqual(environment, { POD_NAME: "prometheus-0", POD_IP: "10.244.0.7", SHARD: "0" });
  });

  it("has $(NAME) replaced, and a $ of a regular expression left", () => {
    const text = "replica: $(POD_NAME)-$(SHARD)\nregex: (.+)(?:;$1)$";
    assert.equal(expanded(text, environment), "replica: prometheus-0-0\nregex: (.+)(?:;$1)$");
  });

  it("does not start with a name that nobody gives", () => {
    assert.throws(() => expanded("$(ZONE)", environment), /\$\(ZONE\) has no value/);
    assert.throws(() => containerOf(pod, "prometheus"), /prometheus-0 has no container prometheus/);
  });
});
