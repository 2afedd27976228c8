import assert from "node:assert/strict";
import {
  accessProblems,
  changeProblems,
  outputProblems,
  stateProblems,
} from "../../../verification/local/checks";

describe("what is asked of the local stack", () => {
  it("is a state with nothing of a cloud, neither resource nor provider", () => {
    const of = (type: string) => ({ type, urn: `urn:${type}` });
    const own = [
      "pulumi:pulumi:Stack",
      "pulumi:providers:kubernetes",
      "kubernetes:core/v1:Service",
    ];
    assert.deepEqual(stateProblems(own.map(of)), []);
    const foreign = ["aws:ec2/vpc:Vpc", "pulumi:providers:aws", "eks:index:Cluster"];
    assert.equal(stateProblems([...own, ...foreign].map(of)).length, 3);
  });

  const expected = {
    context: "kind-monitoring",
    images: { "task-service": "localhost:5001/task-service:0.1.0" },
  };
  const outputs = {
    clusterName: "kind-monitoring",
    kubeconfigCommand: "kubectl config use-context kind-monitoring",
    grafanaUrl: "http://localhost:30300",
    grafanaAdminUser: "admin",
    services: { "task-service": { image: "localhost:5001/task-service:0.1.0" } },
  };

  it("is every output that a user goes on with", () => {
    assert.deepEqual(outputProblems(outputs, expected), []);
    for (const name of Object.keys(outputs)) {
      const others = Object.fromEntries(Object.entries(outputs).filter(([key]) => key !== name));
      assert.match(outputProblems(others, expected).join(), new RegExp(`the output ${name}`), name);
    }
  });

  it("is the way to Grafana at the end, and its password nowhere else", () => {
    const access = { url: "http://localhost:30300", password: "Xy1" };
    const end = "\nGrafana:    http://localhost:30300\nUser:       admin\nPassword:   Xy1\n";
    assert.deepEqual(accessProblems(`Outputs:\n    secret: [secret]\n${end}`, access), []);
    assert.match(accessProblems(`secret: "Xy1"\n${end}`, access).join(), /must not print/);
    assert.equal(accessProblems("", access).length, 2);
  });

  it("is a second up that leaves all unchanged", () => {
    assert.deepEqual(changeProblems("Resources:\n    20 unchanged\n"), []);
    const one = " ~  kubernetes:core/v1:ConfigMap any updated (0.1s)\n";
    const changed = `${one}Resources:\n    ~ 1 updated\n    19 unchanged\n`;
    assert.match(changeProblems(changed).join(), /got\n ~ {2}kubernetes:core\/v1:ConfigMap any/);
    assert.equal(changeProblems("").length, 1);
  });
});
