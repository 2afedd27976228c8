import type { ReceiverArgs } from "../components/monitoring-stack/alerting";
import type { FieldReader } from "./field-reader";
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
