import type { ReceiverArgs } from "../components/monitoring-stack/alerting";
import * as command from "./commands";
import type { Fields } from "./key";
import { type Problems, shown } from "./problems";
import * as rule from "./rules";

type Kind = ReceiverArgs["kind"];
/** What every kind has. */
type Base = Pick<ReceiverArgs, "name" | "severities">;

/**
 * The fields of each kind of receiver beside name, kind and severities. Another kind has its row
 * here and its block in observability/alertmanager.
 */
export const KINDS: {
  readonly [K in Kind]: (
    base: Base,
    fields: FieldReader,
    region: string,
  ) => Extract<ReceiverArgs, { kind: K }>;
} = {
  slack: (base, fields) => ({
    ...base,
    kind: "slack",
    channel: fields.text("channel", rule.channel),
  }),
  pagerduty: (base) => ({ ...base, kind: "pagerduty" }),
  sns: (base, fields, region) => {
    fields.exactlyOne("email", "topicArn", rule.mail);
    const topicArn = fields.optional("topicArn", rule.topicArn);
    const email = fields.optional("email", rule.mail);
    return {
      ...base,
      kind: "sns",
      region: topicArn?.split(":")[3] ?? region,
      ...(topicArn !== undefined && { topicArn }),
      ...(email !== undefined && { email }),
    };
  },
  email: (base, fields) => {
    const username = fields.optional("username", rule.username);
    return {
      ...base,
      kind: "email",
      to: fields.text("to", rule.mail),
      from: fields.text("from", rule.mail),
      smarthost: fields.text("smarthost", rule.smarthost),
      ...(username !== undefined && { username }),
    };
  },
  webhook: (base) => ({ ...base, kind: "webhook" }),
};

/** Reads the fields of one receiver; for a wrong one it adds a problem and returns what the fix would set. */
export class FieldReader {
  private readonly known = new Set<string>(["name", "kind", "severities"]);

  /** @param path of the receiver, such as `receivers[0]` */
  constructor(
    private readonly fields: Fields,
    private readonly path: string,
    private readonly problems: Problems,
  ) {}

  text(field: string, allowed: rule.Rule): string {
    this.known.add(field);
    const value = this.fields[field];
    if (typeof value === "string" && allowed.test(value)) return value;
    const meant = typeof value === "string" ? rule.meantBy(allowed, value) : undefined;
    const where = `${this.path}.${field}`;
    const fix = command.setPath(where, meant ?? command.VALUE);
    this.problems.add(where, allowed.must, shown(value), fix);
    return meant ?? allowed.example;
  }

  optional(field: string, allowed: rule.Rule): string | undefined {
    this.known.add(field);
    return this.fields[field] === undefined ? undefined : this.text(field, allowed);
  }

  /** Where both are there, the first goes; where none is, the first has to come. */
  exactlyOne(first: string, second: string, allowed: rule.Rule): void {
    const has = (field: string) => this.fields[field] !== undefined;
    if (has(first) !== has(second)) return;
    const where = `${this.path}.${first}`;
    if (has(first)) {
      const must = `absent where ${second} is given`;
      this.problems.add(where, must, `both`, command.removePath(where));
    } else {
      const must = `${allowed.must}, or ${second} be given`;
      this.problems.add(where, must, "neither", command.setPath(where, command.VALUE));
    }
  }

  /** Adds a problem for each field that the kind does not have. */
  refuseOthers(): void {
    for (const field of Object.keys(this.fields)) {
      if (this.known.has(field)) continue;
      const where = command.fieldPath(this.path, field);
      const must = `one of the fields ${[...this.known].join(", ")}`;
      this.problems.add(where, must, "an unknown field", command.removePath(where));
    }
  }
}
