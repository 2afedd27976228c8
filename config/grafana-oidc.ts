import * as pulumi from "@pulumi/pulumi";
import type { OidcLogin } from "../components/monitoring-stack/oidc-login";
import * as command from "./commands";
import { FieldReader } from "./field-reader";
import { isSecret } from "./given";
import { type Problems, shown } from "./problems";
import type { Values } from "./reader";
import * as rule from "./rules";
import { checkSecretNames } from "./secret-names";

const KEY = "grafanaOidc";
const SECRETS = "grafanaSecrets";
const CLIENT_SECRET = "oidc-client-secret";

/** Checks `grafanaOidc` and `grafanaSecrets` together. @returns undefined where nobody logs in so */
export function readOidc(values: Values, problems: Problems): OidcLogin | undefined {
  const { grafanaOidc: fields, grafanaSecrets: secrets } = values;
  // Told already; which field is the secret one cannot be seen.
  if (isSecret(`${pulumi.getProject()}:${KEY}`)) return undefined;
  const isOn = Object.keys(fields).length > 0;
  checkSecrets(secrets.names, isOn, problems);
  if (!isOn) return undefined;
  checkDomain(values, problems);
  const reader = new FieldReader(fields, KEY, problems);
  const name = reader.optional("name", rule.providerName);
  const groups = reader.optional("groups", rule.groupsPath);
  const scopes = reader.list("scopes", rule.scope);
  const login = {
    ...(name !== undefined && { name }),
    clientId: reader.text("clientId", rule.clientId),
    clientSecret: secrets.values?.apply((known) => known[CLIENT_SECRET] ?? "") ?? "",
    authUrl: reader.text("authUrl", rule.address),
    tokenUrl: reader.text("tokenUrl", rule.address),
    apiUrl: reader.text("apiUrl", rule.address),
    ...(scopes.length > 0 && { scopes }),
    ...(groups !== undefined && { groups }),
    admins: reader.list("admins", rule.group),
    editors: reader.list("editors", rule.group),
    viewers: reader.list("viewers", rule.group),
    domains: reader.list("domains", rule.mailDomain),
  };
  reader.refuseOthers();
  checkAnybody(login, problems);
  return login;
}

function checkSecrets(names: readonly string[], isOn: boolean, problems: Problems): void {
  const clientSecret = {
    name: CLIENT_SECRET,
    must: "the client secret that the provider gave Grafana",
  };
  const unread = {
    must: isOn
      ? `${CLIENT_SECRET}, the only one that Grafana reads`
      : `absent without ${KEY}, which reads it`,
    got: "a secret that nothing reads",
  };
  checkSecretNames(SECRETS, names, isOn ? [clientSecret] : [], unread, problems);
}

/** The provider sends people back to an address that it knows beforehand, and only over https. */
function checkDomain(values: Values, problems: Problems): void {
  const { platform, grafanaDomain, grafanaCertificateArn, ingressClass } = values;
  if (grafanaDomain !== "") return;
  const needed = platform === "eks" ? { grafanaCertificateArn } : { ingressClass };
  const missing = Object.entries(needed).flatMap(([key, value]) => (value === "" ? [key] : []));
  const must = `the host name of Grafana, to which the provider of ${KEY} sends people back`;
  const sets = ["grafanaDomain", ...missing].map((key) => command.set(key, command.VALUE));
  problems.add("grafanaDomain", must, "nothing", command.all(sets));
}

/** Whoever has an account at the provider would be let in. */
function checkAnybody(
  { admins = [], editors = [], viewers = [], domains = [] }: OidcLogin,
  problems: Problems,
): void {
  if ([admins, editors, viewers, domains].some((list) => list.length > 0)) return;
  const path = `${KEY}.viewers`;
  const must = "a list of the groups that may log in (or domains one of those of their e-mail)";
  problems.add(path, must, shown(undefined), command.setPath(`${path}[0]`, command.VALUE));
}
