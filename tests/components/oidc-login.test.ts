import assert from "node:assert/strict";
import { search } from "jmespath";
import {
  type OidcRoles,
  oidcSettings,
  rolePath,
} from "../../components/monitoring-stack/oidc-login";
import { PROVIDER } from "../support/sample-login";

const LOGIN = { ...PROVIDER, clientSecret: "opaque-value" };

/** What Grafana, with the same language, makes of a token. */
const role = (roles: OidcRoles, token: object): unknown => search(token, rolePath(roles));

describe("login by OpenID Connect", () => {
  const roles = { admins: ["sre", "team leads"], editors: ["dev"], viewers: ["staff"] };

  it("gives the highest role of a person's groups", () => {
    assert.equal(role(roles, { groups: ["staff", "sre"] }), "Admin");
    assert.equal(role(roles, { groups: ["team leads"] }), "Admin");
    assert.equal(role(roles, { groups: ["staff", "dev"] }), "Editor");
    assert.equal(role(roles, { groups: ["staff"] }), "Viewer");
  });

  it("gives none to anybody else, whatever the provider sends for groups", () => {
    for (const token of [
      { groups: ["guests"] },
      { groups: [] },
      { groups: null },
      // A part of a text must not be enough.
      { groups: "not-sre-at-all" },
      { groups: { sre: true } },
      {},
    ]) {
      assert.ok(!role(roles, token), JSON.stringify(token));
    }
  });

  it("makes viewers of a domain's people, unless a list picks them", () => {
    const domains = ["example.com"];
    assert.equal(role({ admins: ["sre"], domains }, { groups: ["sre"] }), "Admin");
    assert.equal(role({ admins: ["sre"], domains }, {}), "Viewer");
    assert.ok(!role({ ...roles, domains }, { groups: ["guests"] }));
  });

  it("finds groups where the provider has them", () => {
    const nested = { groups: "resource_access.grafana.roles", viewers: ["staff"] };
    assert.equal(role(nested, { resource_access: { grafana: { roles: ["staff"] } } }), "Viewer");
    const quoted = { groups: '"cognito:groups"', viewers: ["staff"] };
    assert.equal(role(quoted, { "cognito:groups": ["staff"] }), "Viewer");
  });

  it("is strict, uses PKCE, and leaves the secret out", () => {
    const settings = oidcSettings({ ...LOGIN, ...roles, domains: ["example.com", "example.org"] });
    assert.equal(settings.role_attribute_strict, true);
    assert.equal(settings.allow_assign_grafana_admin, false);
    assert.equal(settings.use_pkce, true);
    assert.equal(settings.scopes, "openid profile email");
    assert.equal(settings.allowed_domains, "example.com example.org");
    assert.ok(!JSON.stringify(settings).includes("opaque-value"));
    assert.equal(oidcSettings({ ...LOGIN, ...roles }).allowed_domains, undefined);
  });

  it("is refused where it would let in whomever the provider knows", () => {
    assert.throws(() => oidcSettings(LOGIN), /no group and no domain. Fix: give admins/);
  });
});
