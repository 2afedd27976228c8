import assert from "node:assert/strict";
import {
  type GrafanaContext,
  grafanaValues,
} from "../../components/monitoring-stack/grafana-values";
import { at } from "../../simulation/resource";

const CONTEXT: GrafanaContext<unknown> = {
  secretName: "kube-prometheus-stack-grafana",
  secretChecksum: "0123456789abcdef",
  rootUrl: "https://grafana.example.com",
  nodePort: undefined,
  oidc: undefined,
};

const values = (context: Partial<GrafanaContext<unknown>> = {}, gibibytes?: number): unknown =>
  grafanaValues(gibibytes, "gp3", { ...CONTEXT, ...context });
const ini = (of: unknown): unknown => (of as Record<string, unknown>)["grafana.ini"];

describe("the values of Grafana", () => {
  it("log the admin in by the program's Secret, with a new pod for a new password", () => {
    assert.deepEqual(at(values(), "admin"), {
      existingSecret: "kube-prometheus-stack-grafana",
      userKey: "admin-user",
      passwordKey: "admin-password",
    });
    assert.deepEqual(at(values(), "podAnnotations"), {
      "checksum/credentials": "0123456789abcdef",
    });
    assert.ok(!JSON.stringify(values()).includes("adminPassword"));
  });

  it("keep no database unless there is a volume for it", () => {
    assert.deepEqual(at(values(), "persistence"), { enabled: false });
    assert.equal(at(values(), "deploymentStrategy"), undefined);
    assert.equal(at(values(), "extraInitContainers"), undefined);
  });

  it("set the password of a kept database anew before every start", () => {
    const kept = values({}, 12);
    assert.equal(at(kept, "persistence.size"), "12Gi");
    assert.equal(at(kept, "deploymentStrategy.type"), "Recreate");
    const [reset] = at(kept, "extraInitContainers") as Record<string, unknown>[];
    assert.match(JSON.stringify(reset?.command), /reset-admin-password --password-from-stdin/);
    assert.match(JSON.stringify(reset?.env), /secretKeyRef.*"key":"admin-password"/);
  });

  it("let Prometheus alone read /metrics, which the load balancer publishes", () => {
    assert.equal(at(ini(values()), "metrics.basic_auth_username"), "prometheus");
    const secret = { name: "kube-prometheus-stack-grafana", key: "metrics-password" };
    assert.deepEqual(at(values(), "envValueFrom.GF_METRICS_BASIC_AUTH_PASSWORD"), {
      secretKeyRef: secret,
    });
    assert.deepEqual(at(values(), "serviceMonitor.basicAuth.password"), secret);
  });

  it("let nobody in without a login, and send cookies over https only where that is how people come", () => {
    const login = ini(values()) as Record<string, unknown>;
    assert.deepEqual(login["auth.anonymous"], { enabled: false });
    assert.deepEqual(login.users, { allow_sign_up: false });
    assert.deepEqual(login.security, { cookie_secure: true });
    assert.equal(at(ini(values({ rootUrl: "http://localhost:30080" })), "security"), undefined);
  });

  it("take the provider's settings, and its secret from the Secret", () => {
    const oidc = values({ oidc: { enabled: true, client_id: "grafana" } });
    const section = (ini(oidc) as Record<string, unknown>)["auth.generic_oauth"];
    assert.deepEqual(section, { enabled: true, client_id: "grafana" });
    assert.deepEqual(at(oidc, "envValueFrom.GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET"), {
      secretKeyRef: { name: "kube-prometheus-stack-grafana", key: "oidc-client-secret" },
    });
  });

  it("sort dashboards into folders", () => {
    assert.equal(at(values(), "sidecar.dashboards.folderAnnotation"), "grafana_folder");
    assert.equal(at(values(), "sidecar.dashboards.provider.foldersFromFilesStructure"), true);
  });

  it("leave the Ingress to the program and keep the bundled plugins", () => {
    assert.equal(at(values(), "ingress.enabled"), false);
    assert.equal(at(values(), "testFramework.enabled"), false);
    assert.equal(at(ini(values()), "plugins.preinstall_auto_update"), false);
    assert.equal(at(ini(values()), "server.root_url"), "https://grafana.example.com");
  });
});
