import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { recordStack } from "../../simulation/record-stack";
import { reveal } from "../../simulation/resource";
import { ROOT } from "../support/simulated";
import { areAllowed, buildEvaluator, type Connection } from "../support/traffic";
import {
  ALL_PODS,
  type Name,
  NAMES,
  type Needed,
  ON_EKS,
  ON_KUBECONFIG,
  PEERS,
  type Port,
} from "./needed-connections";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
/** What opens the most. */
const CONFIG = {
  prod: { services: '["task-service","quote-service"]', managedPrometheus: "true" },
  local: { services: '["task-service","quote-service"]' },
};
/** Go builds what evaluates the policies; later runs take it from its cache. */
const BUILD_MILLISECONDS = 480_000;
const EVALUATION_MILLISECONDS = 120_000;

interface Flow extends Connection {
  readonly sentence: string;
}

/** Every connection from or to a pod of the two namespaces. */
const flows = (): readonly Flow[] =>
  NAMES.flatMap((from) =>
    NAMES.flatMap((to) =>
      ALL_PODS.includes(from) || ALL_PODS.includes(to)
        ? PEERS[to].ports.map((port) => flow(from, to, port))
        : [],
    ),
  );

function flow(from: Name, to: Name, port: Port): Flow {
  const [number, protocol] = String(port).split("/");
  return {
    from: PEERS[from].peer,
    to: PEERS[to].peer,
    port: Number(number),
    ...(protocol === "UDP" && { protocol }),
    sentence: sentence(from, to, port),
  };
}

const sentence = (from: Name, to: Name, port: Port): string => `${from} -> ${to} ${port}`;

const sentences = (needed: readonly Needed[]): readonly string[] =>
  needed.flatMap(([from, to, ...ports]) =>
    [from]
      .flat()
      .flatMap((one) =>
        [to].flat().flatMap((other) => ports.map((port) => sentence(one, other, port))),
      ),
  );

async function policiesOf(stack: keyof typeof CONFIG): Promise<readonly object[]> {
  const { resources } = await recordStack(stack, { config: CONFIG[stack] });
  return resources
    .filter(({ type }) => type === NETWORK_POLICY)
    .map(({ inputs }) => JSON.parse(JSON.stringify(reveal(inputs))) as object);
}

function allowedBy(policies: readonly object[]): readonly string[] {
  const asked = flows();
  const answers = areAllowed(policies, asked);
  return asked.filter((_, index) => answers[index]).map((each) => each.sentence);
}

const beyond = (some: readonly string[], others: readonly string[]): string[] =>
  [...new Set(some)].filter((each) => !others.includes(each)).sort();

describe("the network policies", function () {
  this.timeout(EVALUATION_MILLISECONDS);
  before(function () {
    this.timeout(BUILD_MILLISECONDS);
    buildEvaluator(this);
  });

  for (const [stack, needed] of [
    ["prod", ON_EKS],
    ["local", ON_KUBECONFIG],
  ] as const) {
    it(`let ${stack} do what it needs, and nothing else`, async () => {
      const allowed = allowedBy(await policiesOf(stack));
      const wanted = sentences(needed);
      assert.deepEqual(beyond(wanted, allowed), [], "needed and refused");
      assert.deepEqual(beyond(allowed, wanted), [], "allowed and not needed");
    });
  }

  it("are opened by the policies of docs/security.md, each by one connection", async () => {
    const page = readFileSync(path.join(ROOT, "docs", "security.md"), "utf8");
    const examples = [...page.matchAll(/^```yaml\n(.+?)^```$/gms)].map(
      ([, text = ""]) => parse(text) as object,
    );
    const policies = await policiesOf("prod");
    const allowed = allowedBy(policies);
    const opened = examples.map((each) => beyond(allowedBy([...policies, each]), allowed));
    assert.deepEqual(opened, [
      ["a pod elsewhere -> task-service 3000"],
      ["alertmanager -> a pod elsewhere 8080"],
    ]);
  });
});
