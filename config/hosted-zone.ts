import * as command from "./commands";
import { type Problems, shown } from "./problems";
import type { Values } from "./reader";
import { MOST_CERTIFIED_LETTERS } from "./rules";

/** With a zone the stack makes certificate and record itself, for a name of that zone. */
export function checkHostedZone(values: Values, problems: Problems): void {
  const { hostedZone, grafanaDomain, grafanaCertificateArn } = values;
  if (hostedZone === "") return;
  if (grafanaCertificateArn !== "") {
    const must = "absent with hostedZone, in which the stack makes the certificate itself";
    const fix = command.remove("grafanaCertificateArn");
    problems.add("grafanaCertificateArn", must, shown(grafanaCertificateArn), fix);
  }
  const fix = command.set("grafanaDomain", nameIn(hostedZone));
  if (grafanaDomain !== hostedZone && !grafanaDomain.endsWith(`.${hostedZone}`)) {
    const must = `a name in hostedZone: ${hostedZone} itself, or one that ends with .${hostedZone}`;
    problems.add("grafanaDomain", must, shown(grafanaDomain), fix);
  } else if (grafanaDomain.length > MOST_CERTIFIED_LETTERS) {
    const must = `${MOST_CERTIFIED_LETTERS} characters at most with hostedZone: ACM issues no certificate whose first name is longer`;
    problems.add("grafanaDomain", must, `${grafanaDomain.length} characters`, fix);
  }
}

function nameIn(zone: string): string {
  const name = `grafana.${zone}`;
  return name.length > MOST_CERTIFIED_LETTERS ? zone : name;
}
