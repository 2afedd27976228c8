import { PROVIDER } from "../support/sample-login";
import { type BadConfiguration, secret } from "./bad-configuration";

const OIDC = { ...PROVIDER, viewers: ["staff"] };
const SECRETS = { "oidc-client-secret": secret("opaque-value") };
const DOMAIN = {
  grafanaDomain: "grafana.example.com",
  grafanaCertificateArn: "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d",
};

/** grafanaOidc with these fields, and everything that it needs. */
const oidc = (fields: object, ...told: string[]): BadConfiguration => ({
  set: { ...DOMAIN, grafanaOidc: { ...OIDC, ...fields }, grafanaSecrets: SECRETS },
  told,
});

/** Who may log in to Grafana. */
export const LOGINS: readonly BadConfiguration[] = [
  {
    set: { ...DOMAIN, grafanaAllowedCidrs: undefined },
    told: ["grafanaAllowedCidrs must be a list of the networks that may log in (or grafanaOidc"],
  },
  {
    set: { grafanaOidc: OIDC, grafanaSecrets: SECRETS },
    told: ["grafanaDomain must be the host name of Grafana, to which the provider"],
  },
  {
    set: { ...DOMAIN, grafanaOidc: OIDC },
    told: ["grafanaSecrets.oidc-client-secret must be the client secret"],
  },
  {
    set: { grafanaSecrets: { ...SECRETS, other: secret("opaque-value") } },
    told: [
      "grafanaSecrets.oidc-client-secret must be absent without grafanaOidc",
      "grafanaSecrets.other must be absent without grafanaOidc",
    ],
  },
  {
    set: {
      ...DOMAIN,
      grafanaOidc: OIDC,
      grafanaSecrets: { ...SECRETS, other: secret("opaque-value") },
    },
    told: ["grafanaSecrets.other must be oidc-client-secret, the only one"],
  },
  {
    set: { ...DOMAIN, grafanaOidc: OIDC, grafanaSecrets: { "oidc-client-secret": "opaque-value" } },
    told: ["grafanaSecrets.oidc-client-secret must be a secret; got a value in clear"],
  },
  { set: { grafanaOidc: "yes" }, told: ["grafanaOidc must be an object"] },
  oidc({ clientId: secret("grafana") }, "grafanaOidc must be plain text", "got a secret"),
  oidc({ viewers: undefined }, "grafanaOidc.viewers must be a list of the groups that may log in"),
  oidc({ viewers: "staff" }, "grafanaOidc.viewers must be a list, each item the name or id"),
  oidc({ admins: ["it's"] }, "grafanaOidc.admins[0] must be the name or id of a group"),
  oidc({ domains: ["@Example.com"] }, "grafanaOidc.domains[0] must be the domain", "example.com"),
  oidc({ clientId: "two words" }, "grafanaOidc.clientId must be the client id"),
  oidc({ authUrl: "http://login.example.com/authorize" }, "grafanaOidc.authUrl must be an address"),
  oidc({ tokenUrl: undefined }, "grafanaOidc.tokenUrl must be an address", "got nothing"),
  oidc({ groups: "groups || 'sre'" }, "grafanaOidc.groups must be the JMESPath"),
  oidc({ scopes: ["openid profile"] }, "grafanaOidc.scopes[0] must be a scope"),
  oidc({ name: "<b>" }, "grafanaOidc.name must be 1 to 40 letters"),
  oidc({ role: "Admin" }, "grafanaOidc.role must be one of the fields"),
];
