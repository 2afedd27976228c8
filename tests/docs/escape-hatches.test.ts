import assert from "node:assert/strict";
import { find, input } from "../support/simulated";
import { runExample } from "./component-pages";

describe("the page about escape hatches", () => {
  it("has a transform that reaches the release and the Ingress, and leaves the rest of them", async () => {
    const recording = await runExample("escape-hatches.md");
    const release = find(recording, "kubernetes:helm.sh/v3:Release");
    assert.equal(input(release, "timeout"), 1800);
    assert.equal(input(release, "atomic"), true);
    const ingress = find(recording, "kubernetes:networking.k8s.io/v1:Ingress");
    const annotations = input(ingress, "metadata.annotations") as Record<string, string>;
    assert.equal(
      annotations["alb.ingress.kubernetes.io/load-balancer-attributes"],
      "idle_timeout.timeout_seconds=120",
    );
    assert.equal(annotations["alb.ingress.kubernetes.io/inbound-cidrs"], "198.51.100.0/24");
  });
});
