import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Kubernetes } from "../../../verification/cluster/kubernetes";

describe("A client of an API server", () => {
  it("asks again where the API server is not ready for a kind, and not where it refuses", async () => {
    const answers = [429, 429, 200];
    const api = http.createServer((_request, response) => {
      response.writeHead(answers.shift() ?? 403, { "content-type": "application/json" });
      response.end(JSON.stringify({ gitVersion: "v1.35.0", message: "as told" }));
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const kubernetes = Kubernetes.open(
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "c",
        clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
        users: [{ name: "c", user: {} }],
        contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
      }),
    );
    try {
      assert.equal(await kubernetes.version(), "v1.35.0");
      await assert.rejects(kubernetes.version(), /403 as told/);
    } finally {
      api.closeAllConnections();
      api.close();
    }
  });
});
