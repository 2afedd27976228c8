import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import {
  MonitoringStack,
  type MonitoringStackArgs,
} from "../../components/monitoring-stack/monitoring-stack";
import { withOwnValues } from "../../components/monitoring-stack/own-values";
import {
  INTO_A_SECRET,
  KEPT,
  refusedValues,
} from "../../components/monitoring-stack/refused-values";
import { at, reveal } from "../../simulation/resource";
import type { Engine } from "../../verification/rehearsal/engine";
import { absent } from "../support/external-tool";
import { eksTestPlatform } from "../support/platforms";
import { rehearsalEngine } from "../support/rehearsal-engine";
import { expectRejections } from "../support/rejections";
import { find, recordProgram, ROOT } from "../support/simulated";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const CHART = path.join(ROOT, "..", "shared", "data", "kube-prometheus-stack-88.5.3");

type OwnValues = MonitoringStackArgs["values"] & object;

/** The release of a stack, whose own values are made as its program runs. */
async function releaseOf(values: () => OwnValues): Promise<unknown> {
  const recording = await recordProgram(
    () =>
      new MonitoringStack("monitoring", {
        namespace: "prometheus",
        platform: eksTestPlatform,
        retentionDays: 31,
        scrapeInterval: "30s",
        grafana: { allowedCidrs: ["198.51.100.0/24"] },
        alerting: {},
        values: values(),
      }).releaseName,
  );
  return reveal(find(recording, RELEASE).inputs);
}

describe("a stack's own values of the chart", () => {
  it("go over those of the program: objects merged, lists replaced, null kept for Helm", async () => {
    const release = await releaseOf(() => ({
      prometheus: {
        prometheusSpec: { logLevel: "debug", enableFeatures: ["otlp-deltatocumulative"] },
      },
      "kube-state-metrics": null,
      prometheusOperator: { logFormat: pulumi.output("json"), resources: { limits: null } },
    }));
    const spec = at(release, "values.prometheus.prometheusSpec");
    assert.equal(at(spec, "logLevel"), "debug");
    assert.equal(at(spec, "retention"), "31d");
    assert.deepEqual(at(spec, "enableFeatures"), ["otlp-deltatocumulative"]);
    assert.equal(at(release, "values.kube-state-metrics"), null);
    const operator = at(release, "values.prometheusOperator");
    assert.equal(at(operator, "logFormat"), "json");
    assert.equal(at(operator, "resources.limits"), null);
    assert.equal(at(operator, "resources.requests.memory"), "128Mi");
  });

  it("are refused at once where the chart would keep a secret", async () => {
    expectRejections(/must be absent/);
    await assert.rejects(
      releaseOf(() => ({ grafana: { adminPassword: "pa55word" }, nameOverride: "x" })),
      /^Error: values\.nameOverride must be absent .*\nvalues\.grafana\.adminPassword must be absent .* Fix: leave it out$/,
    );
  });

  it("are refused where an output is secret, known or not, and where it holds what must not be there", async () => {
    expectRejections(/^Error: values\.(a|prometheus)/);
    const unknown = pulumi.unknown as string;
    const outputs: readonly (readonly [OwnValues, RegExp])[] = [
      [{ a: [1, { b: pulumi.secret("opaque-value") }] }, /^values\.a\[1\]\.b must be plain/],
      [{ a: pulumi.output({ b: pulumi.secret("opaque-value") }) }, /^values\.a must be plain/],
      [{ a: pulumi.secret(unknown) }, /^values\.a must be plain/],
      [{ a: Promise.resolve({ b: pulumi.secret("opaque-value") }) }, /^values\.a must be plain/],
      [
        { prometheus: { prometheusSpec: pulumi.output({ storageSpec: {} }) } },
        /^values\.prometheus\.prometheusSpec\.storageSpec must be absent/,
      ],
      [
        { a: [0, pulumi.output({ password: "opaque-value" })] },
        /^values\.a\[1\]\.password must be absent/,
      ],
    ];
    for (const [values, message] of outputs) {
      const merged = pulumi.output(withOwnValues({}, values));
      await assert.rejects(pulumi.isSecret(merged), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(!error.message.includes("opaque-value"));
        return true;
      });
    }
  });
});

describe("A secret among a stack's own values, under the real engine", function () {
  let engine: Engine;
  before(async function () {
    const program: PulumiFn = () => {
      const tags = withOwnValues({}, { note: pulumi.secret("opaque-value") });
      new aws.sns.Topic("topic", { tags: tags as Record<string, string> });
      return Promise.resolve({});
    };
    engine = await rehearsalEngine(this, program);
  });
  after(() => {
    // Undefined where there is no CLI.
    (engine as Engine | undefined)?.close();
  });

  it("fails preview and up with one sentence, before anything is made", async () => {
    expectRejections(/values\.note must be plain|engine/i);
    for (const refused of [await engine.preview(), await engine.up()]) {
      assert.equal(refused.ok, false);
      assert.match(refused.console, /values\.note must be plain \(.*\); got a secret\. Fix: leave/);
      assert.ok(!refused.console.includes("opaque-value"));
    }
    assert.deepEqual(engine.account.all(), []);
  });
});

describe("what is refused of the chart's values", () => {
  const refused = (values: object): string[] =>
    refusedValues(values as Record<string, unknown>).map((each) => each.path.join("."));

  it("is none of what refers to a Secret, or that Grafana reads where it starts", () => {
    const references = {
      grafana: {
        envFromSecret: "grafana-login",
        smtp: { existingSecret: "smtp", passwordKey: "password" },
        "grafana.ini": {
          "auth.github": {
            client_secret: "$__file{/etc/secrets/oauth}",
            token_url: "https://a.example",
          },
          smtp: { password: "${SMTP_PASSWORD}" },
        },
        additionalDataSources: [{ secureJsonData: { password: "$DB_PASSWORD" } }],
        env: { GF_LOG_LEVEL: "debug" },
      },
      prometheus: {
        prometheusSpec: {
          remoteRead: [
            {
              url: "https://a.example",
              basicAuth: { password: { name: "remote", key: "password" } },
            },
          ],
          additionalScrapeConfigs: [{ basic_auth: { password_file: "/etc/prometheus/secrets/a" } }],
        },
      },
    };
    assert.deepEqual(refused(references), []);
  });

  it("is what holds one, told once", () => {
    assert.deepEqual(
      refused({
        grafana: {
          admin: { password: "pa55word" },
          "grafana.ini": { security: { secret_key: "x" } },
        },
      }),
      ["grafana.admin", "grafana.grafana.ini.security.secret_key"],
    );
    assert.deepEqual(refused({ prometheus: null }), ["prometheus"]);
  });

  describe("of the real chart", () => {
    before(function () {
      if (!existsSync(CHART)) absent(this, path.relative(ROOT, CHART));
    });
    const read = (file: string) => parse(readFileSync(path.join(CHART, file), "utf8")) as object;

    it("is none of its defaults by its name alone", () => {
      for (const file of readdirSync(CHART).filter((name) => name.endsWith(".yaml"))) {
        const bySecretName = refusedValues(read(file) as OwnValues)
          .filter(({ must }) => must.includes(INTO_A_SECRET))
          .map((each) => each.path.join("."));
        assert.deepEqual(bySecretName, [], file);
      }
    });

    it("is spelt as the chart has it", () => {
      const chart = read("values.yaml") as { readonly grafana: object };
      const grafana = { ...read("values.grafana.yaml"), ...chart.grafana };
      const known = refusedValues({ ...chart, grafana }).map((each) => each.path.join("/"));
      const unknown = KEPT.map(([where]) => where).filter((where) => !known.includes(where));
      // Without a default: shown in a comment of values.yaml, or read by a template only.
      assert.deepEqual(unknown, [
        "grafana/nameOverride",
        "grafana/fullnameOverride",
        "grafana/adminPassword",
        "grafana/grafana.ini/auth.anonymous",
        "grafana/grafana.ini/auth.generic_oauth",
        "grafana/grafana.ini/users/allow_sign_up",
        "grafana/grafana.ini/metrics/basic_auth_username",
        "grafana/serviceMonitor/basicAuth",
        "grafana/service/port",
        "alertmanager/alertmanagerSpec/configSecret",
      ]);
    });
  });
});
