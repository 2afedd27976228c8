import { lookup } from "node:dns/promises";
import { Grafana } from "../components/stack-check/script/grafana.cjs";
import { NotYet, Patience } from "../components/stack-check/script/patience.cjs";
import type { StackOutputs } from "./outputs";

/** One thing that is looked at. */
interface Check {
  readonly name: string;
  readonly look: () => Promise<string>;
  /** Whether the checks after it say nothing without it. */
  readonly isNeeded: boolean;
}

/** What came of a check. */
export interface Result {
  readonly check: string;
  readonly result: "yes" | "no" | "not tried";
  /** What was found, or a sentence that says why not and how to mend it. */
  readonly detail: string;
}

/**
 * Looks at a stack as its users do, by Grafana's address.
 * @param seconds that all of it may take
 * @param tell hears what is being waited for
 */
export async function runChecks(
  outputs: StackOutputs,
  seconds: number,
  tell: (line: string) => void,
): Promise<readonly Result[]> {
  const patience = new Patience(seconds);
  const results: Result[] = [];
  let isBroken = false;
  for (const { name, look, isNeeded } of checksOf(outputs, patience)) {
    if (isBroken) {
      results.push({ check: name, result: "not tried", detail: "" });
      continue;
    }
    try {
      const detail = await patience.until(look, (reason) => {
        tell(`waiting: ${reason}`);
      });
      results.push({ check: name, result: "yes", detail });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      results.push({ check: name, result: "no", detail });
      isBroken = isNeeded;
    }
  }
  return results;
}

function checksOf(outputs: StackOutputs, patience: Patience): readonly Check[] {
  const { grafanaUrl, user, password, services } = outputs;
  const { hostname } = new URL(grafanaUrl);
  const grafana = new Grafana(grafanaUrl, { user, password }, fixes(outputs), patience);
  const needed = (name: string, look: () => Promise<string>): Check => ({
    name,
    look,
    isNeeded: true,
  });
  return [
    needed(`${hostname} has an address`, () => addressOf(hostname)),
    needed("Grafana answers there", () => grafana.answers()),
    needed("Grafana takes the password", () => grafana.logsIn()),
    needed("Grafana reaches Prometheus", () => grafana.dataSourceIsHealthy()),
    ...services.map((service) => ({
      name: `${service.name} is watched`,
      look: () => grafana.isAlive(service),
      isNeeded: false,
    })),
  ];
}

/** A load balancer's name resolves a minute or two after it was given. */
async function addressOf(hostname: string): Promise<string> {
  // An IPv6 address has brackets in a URL.
  const name = hostname.replace(/^\[|\]$/g, "");
  try {
    return (await lookup(name)).address;
  } catch (error) {
    const { code = "no reason" } = error as NodeJS.ErrnoException;
    throw new NotYet(
      `${name} has no address`,
      `the name does not resolve (${code})`,
      "point the name at the load balancer (pulumi stack output grafanaLoadBalancer), or wait for the DNS",
    );
  }
}

const fixes = ({ grafanaCommand }: StackOutputs) => ({
  unreachable:
    grafanaCommand === undefined
      ? "see that grafanaAllowedCidrs has the address of this machine (curl -s https://checkip.amazonaws.com)"
      : `run this meanwhile, in another terminal: ${grafanaCommand}`,
  login: "pulumi up, which brings Grafana's Secret and the output together",
  logs: "pulumi up --refresh, and read what its check says",
  targets: "docs/runbooks/service.md#servicetargetabsent",
});
