import * as pulumi from "@pulumi/pulumi";
import type { RemoteEndpoint, RemoteWriteArgs } from "../components/monitoring-stack/remote-write";
import * as command from "./commands";
import { FieldReader } from "./field-reader";
import { isSecret } from "./given";
import { type Problems, shown } from "./problems";
import type { Values } from "./reader";
import * as rule from "./rules";
import { checkSecretNames } from "./secret-names";

const KEY = "remoteWrite";
const SECRETS = "remoteWriteSecrets";

/** Checks the keys of long-term storage together. @returns undefined where Prometheus writes to none */
export function readRemoteWrite(values: Values, problems: Problems): RemoteWriteArgs | undefined {
  // Told already; which field is the secret one cannot be seen.
  if (isSecret(`${pulumi.getProject()}:${KEY}`)) return undefined;
  const { managedPrometheus, remoteWriteSeries: series, remoteWriteKeep: keep } = values;
  const endpoint = readEndpoint(values, problems);
  checkKeep(values, managedPrometheus || endpoint !== undefined, problems);
  if (!managedPrometheus && !endpoint) return undefined;
  return {
    ...(managedPrometheus && {
      store: {
        mostSeries: values.managedPrometheusSeries,
        retentionDays: values.managedPrometheusDays,
      },
    }),
    ...(endpoint && { endpoint }),
    series: series === "all" ? "all" : "used",
    ...(keep.length > 0 && { keep }),
  };
}

function readEndpoint(values: Values, problems: Problems): RemoteEndpoint | undefined {
  const { remoteWrite: fields, remoteWriteSecrets: secrets } = values;
  if (Object.keys(fields).length === 0) {
    const unread = { must: `absent without ${KEY}, which reads it`, got: UNREAD };
    checkSecretNames(SECRETS, secrets.names, [], unread, problems);
    return undefined;
  }
  const reader = new FieldReader(fields, KEY, problems);
  const url = reader.text("url", rule.remoteWriteUrl);
  const username = reader.optional("username", rule.username);
  reader.refuseOthers();
  const needed = neededSecret(url, username, secrets.names);
  const unread = {
    must: `${needed?.name ?? "token"}, the only one that is read`,
    got: UNREAD,
  };
  checkSecretNames(SECRETS, secrets.names, needed ? [needed] : [], unread, problems);
  return {
    url,
    ...(username !== undefined && { username }),
    ...(secrets.values && { secrets: secrets.values }),
  };
}

const UNREAD = "a secret that nothing reads";

/** What is in the cluster may be open to it; nobody outside takes samples of everybody. */
function neededSecret(url: string, username: string | undefined, given: readonly string[]) {
  if (username !== undefined) {
    return { name: "password", must: `the password of ${KEY}.username` };
  }
  if (rule.isInCluster(url) && !given.includes("token")) return undefined;
  const must = `the bearer token that ${KEY}.url takes (or ${KEY}.username its user)`;
  return { name: "token", must };
}

function checkKeep(
  { remoteWriteKeep, remoteWriteSeries }: Values,
  isOn: boolean,
  problems: Problems,
): void {
  if (remoteWriteKeep.length === 0 || (isOn && remoteWriteSeries === "used")) return;
  const must = isOn
    ? "absent where remoteWriteSeries is all: nothing is left out"
    : "absent without managedPrometheus or remoteWrite: nothing is written";
  const fix = command.remove("remoteWriteKeep");
  problems.add("remoteWriteKeep", must, shown(remoteWriteKeep), fix);
}
