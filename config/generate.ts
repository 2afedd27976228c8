import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { markdownTable } from "markdown-table";
import * as prettier from "prettier";
import { type Document, parseDocument } from "yaml";
import type { Key } from "./key";
import { KEYS } from "./keys";

const ROOT = path.join(__dirname, "..");
const ROWS: readonly (readonly [name: string, key: Key])[] = Object.entries(KEYS);

/** The keys that almost every stack sets, for the README. */
const README_KEYS: readonly string[] = [
  "platform",
  "aws:region",
  "availabilityZones",
  "grafanaAllowedCidrs",
  "grafanaDomain",
  "receivers",
  "receiverSecrets",
  "persistence",
  "taskStore",
  "deletionProtection",
];

/** Files with a part that is made from the rows of keys.ts: file, and its text with that part made anew. */
export const GENERATED: Readonly<Record<string, (text: string) => string>> = {
  "Pulumi.yaml": withCatalogue,
  "docs/configuration.md": (text) => withTable(text, keyTable()),
  "README.md": (text) => withTable(text, readmeTable()),
};

/** Equal parts are written out, as a reader expects. */
const NO_ALIASES = { aliasDuplicateObjects: false };

/** @returns the file's text as it should be, formatted */
export async function generated(file: string, text: string): Promise<string> {
  const make = GENERATED[file];
  if (!make) throw new Error(`${file} has no generated part`);
  const filepath = path.join(ROOT, file);
  const options = await prettier.resolveConfig(filepath);
  return prettier.format(make(text), { ...options, filepath });
}

/** Pulumi.yaml with another `config:`; comments and everything else stay. */
function withCatalogue(text: string): string {
  const document = parseDocument(text);
  const catalogue = ROWS.filter(([, key]) => "default" in key).map(
    ([name, key]) => [name, declaration(key)] as const,
  );
  document.set("config", document.createNode(Object.fromEntries(catalogue), NO_ALIASES));
  showInOneLine(document);
  return document.toString({ lineWidth: 0 });
}

const declaration = (key: Key): object => ({
  ...DECLARED[key.type],
  description: [
    key.description,
    ...(key.fixed ? ["Fixed after the first up."] : []),
    ...(key.only ? [`Only on ${key.only.platform}.`] : []),
  ].join(" "),
  ...("default" in key && { default: key.default }),
});

/** The CLI's types. */
const DECLARED: Readonly<Record<Key["type"], object>> = {
  text: { type: "string" },
  oneOf: { type: "string" },
  boolean: { type: "boolean" },
  integer: { type: "integer" },
  list: { type: "array", items: { type: "string" } },
  objects: { type: "array", items: { type: "object" } },
  object: { type: "object" },
  texts: { type: "object" },
  // Never declared: it has no default.
  secrets: {},
};

/** Writes `items: { type: string }` and lists as they were written by hand. */
function showInOneLine(document: Document): void {
  for (const [name, key] of ROWS) {
    if (!("default" in key) || typeof key.default !== "object") continue;
    for (const field of ["items", "default"]) {
      const node = document.getIn(["config", name, field], true) as { flow?: boolean } | undefined;
      if (node) node.flow = true;
    }
  }
}

function keyTable(): string {
  const rows = ROWS.map(([name, key]) => [
    code(name),
    typeText(key),
    defaultText(key),
    key.only?.platform ?? "all",
    key.fixed ? "yes" : "",
    meaning(key),
  ]);
  return markdownTable([["Key", "Value", "Default", "Platforms", "Fixed", "Meaning"], ...rows]);
}

function readmeTable(): string {
  const rows = ROWS.filter(([name]) => README_KEYS.includes(name)).map(([name, key]) => [
    code(name),
    defaultText(key),
    meaning(key),
  ]);
  return markdownTable([["Key", "Default", "Meaning"], ...rows]);
}

function typeText(key: Key): string {
  switch (key.type) {
    case "text":
      return "text";
    case "oneOf":
      return key.values.map(code).join(" or ");
    case "boolean":
      return "`true` or `false`";
    case "integer":
      return `${key.none === undefined ? "" : `${key.none}, or `}${key.least} to ${key.most}`;
    case "list":
      return "list of texts";
    case "objects":
      return "list of objects";
    case "object":
      return "object";
    case "texts":
      return "object of texts";
    case "secrets":
      return "object of secrets";
  }
}

function defaultText(key: Key): string {
  if (!("default" in key)) return "none";
  const text = typeof key.default === "object" ? listText(key.default) : String(key.default);
  return text === "" ? "empty" : code(text);
}

/** Lists as they are; an object has no entries. */
const listText = (value: readonly string[] | object): string =>
  Array.isArray(value) ? `[${value.join(", ")}]` : "{}";

const code = (text: string): string => `\`${text}\``;

/** Names of keys, and what stands for a name, as code: Markdown would take `<stack>` for HTML. */
const meaning = ({ description }: Key): string =>
  ROWS.map(([name]) => name)
    .filter((name) => /[A-Z:]/.test(name))
    .reduce(
      (text, name) => text.replaceAll(new RegExp(`\\b${name}\\b`, "g"), code(name)),
      description,
    )
    .replaceAll(/<\w+>(-[\w<>]+)*/g, code("$&"));

/** Replaces what stands between the two marks. */
export function withTable(text: string, table: string): string {
  const [start, end] = ["<!-- generated by npm run fix -->", "<!-- end of the generated part -->"];
  const before = text.indexOf(start);
  const after = text.indexOf(end);
  if (before < 0 || after < before) throw new Error(`the marks ${start} and ${end} are gone`);
  return `${text.slice(0, before + start.length)}\n\n${table}\n\n${text.slice(after)}`;
}

async function main(): Promise<void> {
  new Command("npm run fix")
    .description(
      `Makes what ${Object.keys(GENERATED).join(", ")} say of the keys from config/keys.ts.`,
    )
    .allowExcessArguments(false)
    .parse();
  for (const file of Object.keys(GENERATED)) {
    const filepath = path.join(ROOT, file);
    const text = readFileSync(filepath, "utf8");
    const made = await generated(file, text);
    if (made !== text) writeFileSync(filepath, made);
  }
}

if (require.main === module) void main();
