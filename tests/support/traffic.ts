import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Context } from "mocha";
import { stringify } from "yaml";
import { externalTool, missing } from "./external-tool";

/** One end of a connection: a pod, or an address outside the cluster. */
export interface Peer {
  readonly ip: string;
  /** @default it is no pod */
  readonly pod?: {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

export interface Connection {
  readonly from: Peer;
  readonly to: Peer;
  readonly port: number;
  /** @default TCP */
  readonly protocol?: "TCP" | "UDP";
}

/** What evaluates policies, as the CNI of a cluster would. */
const CYCLONUS = "github.com/mattfenwick/cyclonus/cmd/cyclonus@v0.5.6";

/** Skips the test where it cannot be built: without Go, or without the network on the first run. */
export function buildEvaluator(test: Context): void {
  externalTool(test, "go");
  const { status, stderr } = cyclonus("version");
  if (status !== 0) missing(test, `${CYCLONUS}, which go cannot run: ${stderr.trim()}`);
}

/** @returns whether each connection is allowed, in the order given */
export function areAllowed(
  policies: readonly object[],
  connections: readonly Connection[],
): readonly boolean[] {
  const folder = mkdtempSync(path.join(tmpdir(), "policies-"));
  try {
    const [policyFile, trafficFile] = ["policies.yaml", "traffic.json"].map((name) =>
      path.join(folder, name),
    ) as [string, string];
    const list = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicyList",
      items: policies,
    };
    writeFileSync(policyFile, stringify(list, { aliasDuplicateObjects: false }));
    writeFileSync(trafficFile, JSON.stringify(connections.map(trafficOf)));
    const files = ["--policy-path", policyFile, "--traffic-path", trafficFile];
    const { status, stdout, stderr } = cyclonus("analyze", "--mode", "query-traffic", ...files);
    assert.equal(status, 0, stderr);
    const answers = [...stdout.matchAll(/IS ALLOWED\? \|\s+(TRUE|FALSE)/g)];
    assert.equal(answers.length, connections.length, stderr);
    return answers.map(([, answer]) => answer === "TRUE");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function trafficOf({ from, to, port, protocol = "TCP" }: Connection): object {
  return {
    Source: peerOf(from),
    Destination: peerOf(to),
    Protocol: protocol,
    ResolvedPort: port,
    ResolvedPortName: "",
  };
}

const peerOf = ({ ip, pod }: Peer): object => ({
  IP: ip,
  ...(pod && {
    Internal: {
      Namespace: pod.namespace,
      NamespaceLabels: { "kubernetes.io/metadata.name": pod.namespace },
      PodLabels: pod.labels,
    },
  }),
});

const cyclonus = (...args: readonly string[]) =>
  spawnSync("go", ["run", CYCLONUS, ...args], { encoding: "utf8", maxBuffer: 2 ** 28 });
