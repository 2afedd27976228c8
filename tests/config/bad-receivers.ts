import { type BadConfiguration, secret } from "./bad-configuration";

const EMAIL = { name: "mail", kind: "email", to: "a@example.com", from: "b@example.com" };
const SLACK = { name: "chat", kind: "slack", channel: "#alerts" };

/** A list of receivers beside which prod's own is gone. */
const receivers = (list: readonly unknown[], ...told: string[]): BadConfiguration => ({
  set: { receivers: list },
  told,
});

export const RECEIVERS: readonly BadConfiguration[] = [
  receivers([], "receivers must be a list of one receiver or more", "requireReceiver false"),
  receivers(["slack"], "receivers must be a list of objects"),
  receivers([{}], "receivers[0].name must be ", "receivers[0].kind must be "),
  receivers(
    [{ name: "a", kind: "fax", number: 12 }],
    "receivers[0].kind must be one of slack, pagerduty, sns, email, webhook",
    "receivers[0].number must be one of the fields name, kind, severities, topicArn, email",
  ),
  receivers(
    [{ ...SLACK, channel: "alerts" }],
    "receivers[0].channel must be a channel with its #",
    "'#alerts'",
    "receiverSecrets.chat-url must be the secret that receiver chat reads",
  ),
  receivers([{ ...SLACK, channel: 5 }], "receivers[0].channel must be ", "got 5"),
  receivers([SLACK], "receiverSecrets.chat-url must be "),
  receivers([{ name: "pager", kind: "pagerduty" }], "receiverSecrets.pager-routing-key must be "),
  receivers([{ name: "hook", kind: "webhook" }], "receiverSecrets.hook-url must be "),
  receivers([{ name: "a", kind: "sns", email: "me" }], "receivers[0].email must be an e-mail"),
  receivers([{ name: "a", kind: "sns", topicArn: "alerts" }], "receivers[0].topicArn must be the"),
  receivers([{ name: "a", kind: "sns" }], "receivers[0].email must be an e-mail", "got neither"),
  receivers(
    [
      {
        name: "a",
        kind: "sns",
        email: "a@example.com",
        topicArn: "arn:aws:sns:ap-northeast-1:111122223333:alerts",
      },
    ],
    "receivers[0].email must be absent where topicArn is given",
  ),
  receivers(
    [{ ...EMAIL, smarthost: "smtp" }],
    "receivers[0].smarthost must be host:port of an SMTP server",
  ),
  receivers([{ ...EMAIL, smarthost: "smtp.example.com:99999" }], "receivers[0].smarthost must be "),
  receivers(
    [{ ...EMAIL, smarthost: "smtp://jo:pa55word@smtp.example.com:587" }],
    "receivers[0].smarthost must be ",
    '[hidden]@smtp.example.com:587"',
    "smarthost' smtp.example.com:587",
  ),
  receivers(
    [{ ...EMAIL, smarthost: "smtp.example.com:587", username: "two words" }],
    "receivers[0].username must be ",
    "receiverSecrets.mail-password must be ",
  ),
  receivers([{ name: "a", kind: "email" }], "receivers[0].to must", "from must", "smarthost must"),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", severities: [] }],
    "receivers[0].severities must be a list of critical, warning or both",
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", severities: ["page"] }],
    "receivers[0].severities must be ",
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", severities: "critical" }],
    "receivers[0].severities must be ",
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", severities: ["critical"] }],
    "receivers[0].severities must be a list with warning, which no receiver takes",
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", "chan el.x": "#a" }],
    `receivers[0]["chan el.x"] must be one of the fields`,
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", url: "https://hooks.example.com/pa55word" }],
    "receivers[0].url must be one of the fields",
  ),
  receivers(
    [
      { name: "a", kind: "sns", email: "a@example.com" },
      { name: "a", kind: "sns", email: "b@example.com" },
      { name: "a", kind: "sns", email: "c@example.com" },
    ],
    "receivers[1].name must be a name that no other receiver has",
    "receivers[2].name must be a name that no other receiver has",
  ),
  receivers([{ name: "null", kind: "sns", email: "a@example.com" }], "receivers[0].name must be "),
  receivers([{ name: 5, kind: "sns", email: "a@example.com" }], "receivers[0].name must be "),
  receivers(
    [{ ...SLACK, name: "My chat" }],
    "receivers[0].name must be ",
    "receiverSecrets.on-call-url must be ",
  ),
];

export const SECRETS: readonly BadConfiguration[] = [
  {
    set: { receivers: [SLACK], receiverSecrets: { "chat-url": "opaque-value" } },
    told: ["receiverSecrets.chat-url must be a secret; got a value in clear"],
  },
  {
    set: { receivers: [SLACK], receiverSecrets: secret("opaque-value") },
    told: ["receiverSecrets must be an object", "receiverSecrets.chat-url must be "],
  },
  {
    set: { receivers: [SLACK], receiverSecrets: { "chat-url": secret("") } },
    told: ["receiverSecrets.chat-url must be a text that is not empty"],
  },
  {
    set: { receiverSecrets: { "chat-url": secret("opaque-value") } },
    told: ["receiverSecrets.chat-url must be one of none", "a secret that no receiver reads"],
  },
  {
    set: { receiverSecrets: { "chat url": "opaque-value" } },
    told: [`receiverSecrets["chat url"] must be a secret`, "a secret that no receiver reads"],
  },
  {
    set: {
      receivers: [{ name: "dead-mans-switch", kind: "sns", email: "a@example.com" }],
      receiverSecrets: { "dead-mans-switch-url": secret("https://hooks.example.com/1") },
    },
    told: ["receivers[0].name must be a name that no other receiver has"],
  },
  {
    set: {
      receivers: [{ ...SLACK, channel: secret("#alerts") }],
      receiverSecrets: { "chat-url": secret("https://hooks.example.com/1") },
    },
    told: [
      "receivers must be plain text",
      "(secrets go into receiverSecrets, grafanaSecrets and remoteWriteSecrets); got a secret",
    ],
  },
  {
    set: {
      receivers: [{ ...EMAIL, smarthost: "smtp.example.com:587", username: secret("jo") }],
      receiverSecrets: { "mail-password": secret("opaque-value") },
    },
    told: ["receivers must be plain text"],
  },
  { set: { clusterName: secret("monitoring") }, told: ["clusterName must be plain text"] },
  { set: { persistence: secret("true") }, told: ["persistence must be plain text"] },
  { set: { retentionDays: secret("40") }, told: ["retentionDays must be plain text"] },
  { set: { "aws:region": secret("ap-northeast-1") }, told: ["aws:region must be plain text"] },
  {
    set: { availabilityZones: [secret("ap-northeast-1a"), "ap-northeast-1c"] },
    told: ["availabilityZones must be plain text"],
  },
];
