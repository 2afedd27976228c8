import type * as pulumi from "@pulumi/pulumi";

/** People log in to Grafana by an OpenID Connect provider; who gets no role stays outside. */
export interface OidcLogin extends OidcRoles {
  /** What the button says after "Sign in with". @default "OIDC" */
  readonly name?: string;
  /** Id by which the provider knows Grafana. */
  readonly clientId: string;
  /** Made secret where it is not; it is kept in a Kubernetes Secret only. */
  readonly clientSecret: pulumi.Input<string>;
  /** The provider's authorization endpoint, https. */
  readonly authUrl: string;
  /** The provider's token endpoint, https. */
  readonly tokenUrl: string;
  /** The provider's userinfo endpoint, https. */
  readonly apiUrl: string;
  /** Scopes to ask for. @default openid, profile and email; many providers tell groups only for a scope of their own */
  readonly scopes?: readonly string[];
}

/** Which groups get which role. One of these lists must have an entry. */
export interface OidcRoles {
  /** JMESPath of the list of groups in the token or the userinfo. @default "groups" */
  readonly groups?: string;
  /** Groups that may change everything. @default none */
  readonly admins?: readonly string[];
  /** Groups that may change dashboards. @default none */
  readonly editors?: readonly string[];
  /** Groups that may look. @default nobody; with `domains` everybody of these */
  readonly viewers?: readonly string[];
  /** Domains of e-mail addresses; who has another stays outside. @default every domain */
  readonly domains?: readonly string[];
}

/** Sets `client_secret` of the section, which the settings therefore leave out. */
export const OIDC_SECRET_VARIABLE = "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET";

const DEFAULT_SCOPES = ["openid", "profile", "email"];

/**
 * Section `auth.generic_oauth` of grafana.ini, without the secret
 * (https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/generic-oauth/).
 * @throws Error where no group and no domain is given: everybody whom the provider knows would be let in
 */
export function oidcSettings(login: OidcLogin): Readonly<Record<string, string | boolean>> {
  const { domains = [] } = login;
  return {
    enabled: true,
    name: login.name ?? "OIDC",
    client_id: login.clientId,
    auth_url: login.authUrl,
    token_url: login.tokenUrl,
    api_url: login.apiUrl,
    scopes: (login.scopes ?? DEFAULT_SCOPES).join(" "),
    use_pkce: true,
    // Without a database everybody is new at each login. Who gets no role is not let in.
    allow_sign_up: true,
    role_attribute_path: rolePath(login),
    role_attribute_strict: true,
    allow_assign_grafana_admin: false,
    ...(domains.length > 0 && { allowed_domains: domains.join(" ") }),
  };
}

/** JMESPath that gives a role or nothing; the highest wins. */
export function rolePath({
  groups = "groups",
  admins = [],
  editors = [],
  viewers = [],
  domains = [],
}: OidcRoles): string {
  // Of a list only: in a text, a part would be enough. One that is absent counts as empty.
  const isIn = (group: string) => `contains(${groups}[*] || '', '${group}')`;
  const roles = [
    ...roleOf("Admin", admins.map(isIn)),
    ...roleOf("Editor", editors.map(isIn)),
    ...roleOf("Viewer", viewers.map(isIn)),
    // Their domain is enough for those whom no list of viewers picks.
    ...(domains.length > 0 && viewers.length === 0 ? ["'Viewer'"] : []),
  ];
  if (roles.length > 0) return roles.join(" || ");
  throw new Error(
    "grafana.oidc must say who may log in; got no group and no domain. Fix: give admins, editors, viewers or domains.",
  );
}

const roleOf = (role: string, conditions: readonly string[]): readonly string[] =>
  conditions.length === 0 ? [] : [`(${conditions.join(" || ")}) && '${role}'`];
