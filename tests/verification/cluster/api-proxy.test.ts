import assert from "node:assert/strict";
import http from "node:http";
import { ApiProxy } from "../../../verification/cluster/api-proxy";
import type { ApiRequest } from "../../../verification/cluster/api-request";
import { Kubernetes, type KubernetesObject } from "../../../verification/cluster/kubernetes";
import { type ControlPlane, controlPlane, eventually } from "../../support/control-plane";

describe("The proxy before an API server", () => {
  let plane: ControlPlane | undefined;
  let direct: Kubernetes;
  let proxy: ApiProxy;
  let client: Kubernetes;
  before(async function () {
    plane = await controlPlane(this);
    direct = Kubernetes.open(plane.kubeconfig);
    proxy = await ApiProxy.listen(direct);
    client = Kubernetes.open(proxy.kubeconfig());
  });
  after(async () => {
    if (!plane) return;
    await proxy.close();
    await plane.stop();
  });
  afterEach(() => {
    if (!plane) return;
    proxy.faults = () => undefined;
    proxy.isDown = false;
  });

  const configMap = (name: string, data: object = {}): KubernetesObject & { data?: object } => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default" },
    data,
  });
  const read = (name: string) =>
    direct.get<KubernetesObject & { data?: object }>("v1", "ConfigMap", name, "default");

  it("passes requests on with credentials, and says what was written", async () => {
    const written: ApiRequest[] = [];
    const listening = proxy.onWrite((request) => written.push(request));
    await client.apply(configMap("passed", { a: "1" }));
    assert.deepEqual((await read("passed"))?.data, { a: "1" });
    await client.client.call("/api/v1/namespaces/default/configmaps", {
      method: "POST",
      body: configMap("posted"),
    });
    await client.delete(configMap("passed"));
    listening.stop();
    await client.delete(configMap("posted"));
    assert.deepEqual(
      written.map(({ method, resource, namespace, name }) => [method, resource, namespace, name]),
      [
        ["PATCH", "configmaps", "default", "passed"],
        ["POST", "configmaps", "default", "posted"],
        ["DELETE", "configmaps", "default", "passed"],
      ],
    );
  });

  it("refuses before the write", async () => {
    proxy.faults = ({ isWrite }) => (isWrite ? "refuse" : undefined);
    await assert.rejects(client.apply(configMap("refused")), /503 injected fault/);
    assert.equal(await read("refused"), undefined);
    assert.equal(proxy.counts.refused, 1);
  });

  it("cuts after the write", async () => {
    proxy.faults = ({ name }) => (name === "cut" ? "cut" : undefined);
    await assert.rejects(client.apply(configMap("cut")), /ECONNRESET|socket hang up/);
    assert.ok(await read("cut"));
    assert.equal(proxy.counts.cut, 1);
  });

  it("delays", async () => {
    proxy.faults = ({ name }) => (name === "late" ? { delay: 700 } : undefined);
    const start = Date.now();
    await client.apply(configMap("late"));
    assert.ok(Date.now() - start >= 700);
    assert.equal(proxy.counts.delayed, 1);
  });

  it("is down for new and for open connections, and comes back", async () => {
    const seen: string[] = [];
    const watch = client.watch("v1", "ConfigMap", (change, { metadata: { name } }) => {
      seen.push(`${change} ${name}`);
    });
    try {
      await client.apply(configMap("before"));
      await eventually(() => Promise.resolve(seen.includes("ADDED before")));
      proxy.isDown = true;
      await assert.rejects(client.version(), /ECONNRESET|ECONNREFUSED|socket hang up/);
      await direct.apply(configMap("meanwhile"));
      proxy.isDown = false;
      // The watch is taken up where it was: what came meanwhile is told of, what was there is not.
      await eventually(() => Promise.resolve(seen.includes("ADDED meanwhile")));
      assert.equal(seen.filter((line) => line === "ADDED before").length, 1);
    } finally {
      watch.stop();
    }
  });

  it("passes an upgraded connection through: a watch by WebSocket", async () => {
    const { server } = client.client;
    const request = http.get(`${server}/api/v1/namespaces?watch=true`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        origin: "http://localhost",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    const text = await new Promise<string>((resolve, reject) => {
      request.once("error", reject);
      request.once("response", ({ statusCode }) => {
        reject(new Error(`got ${String(statusCode)}`));
      });
      request.once("upgrade", (_answer, socket, head: Buffer) => {
        const take = (data: Buffer): void => {
          if (data.length === 0) return;
          socket.destroy();
          resolve(data.toString());
        };
        take(head);
        socket.once("data", take);
      });
    });
    assert.match(text, /"type":"ADDED"/);
  });
});
