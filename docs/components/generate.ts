import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { markdownTable } from "markdown-table";
import * as prettier from "prettier";
import { withTable } from "../../config/generate";
import {
  type Component,
  type Declaration,
  type Declarations,
  type Field,
  readDeclarations,
} from "./declarations";

/** What stands between the components has a page of its own, with every type of these files. */
const SHARED_PAGE = "platform.md";
const SHARED_FILES = [
  "components/platform.ts",
  "components/watcher.ts",
  "components/autoscaler.ts",
];

export const PAGES = readdirSync(__dirname).filter(
  (file) => file.endsWith(".md") && file !== "README.md",
);

/** @returns the page's text with the tables of its types made anew, formatted */
export async function generatedPage(
  page: string,
  text: string,
  declarations: Declarations = readDeclarations(),
): Promise<string> {
  const filepath = path.join(__dirname, page);
  const options = await prettier.resolveConfig(filepath);
  return prettier.format(withTable(text, sections(page, declarations)), { ...options, filepath });
}

function sections(page: string, declarations: Declarations): string {
  const { components, types } = declarations;
  if (page === SHARED_PAGE) {
    return sharedTypes(declarations)
      .flatMap((type) => [`## ${type.name}`, ...body(type, page, declarations)])
      .join("\n\n");
  }
  const component = components.find(({ folder }) => `${folder}.md` === page);
  if (!component) throw new Error(`${page} must be called after a folder of components/.`);
  return [
    "## Arguments",
    ...body(component.args, page, declarations),
    ...mentioned(component, declarations)
      .map((name) => types.get(name))
      .flatMap((type) => (type ? [`### ${type.name}`, ...body(type, page, declarations)] : [])),
    "## Outputs",
    outputs(component.outputs, page, declarations),
  ].join("\n\n");
}

const sharedTypes = ({ types }: Declarations): Declaration[] =>
  SHARED_FILES.flatMap((file) => [...types.values()].filter((type) => type.file === file)).filter(
    (type) => !isChoice(type),
  );

/** A choice of texts is written out where it is named. */
const isChoice = ({ type = "" }: Declaration): boolean => /^"[^"]*"( \| "[^"]*")*$/.test(type);

/** Names of types that a component's arguments name, and that these name, without those of the shared page. */
function mentioned({ args }: Component, { types }: Declarations): string[] {
  const names: string[] = [];
  const add = (declaration: Declaration): void => {
    const texts = [declaration.type ?? "", ...(declaration.fields ?? []).map(({ type }) => type)];
    for (const [name] of texts.join(" ").matchAll(/\b[A-Z]\w*/g)) {
      const type = types.get(name);
      if (!type || names.includes(name) || SHARED_FILES.includes(type.file) || isChoice(type))
        continue;
      names.push(name);
      add(type);
    }
  };
  add(args);
  return names;
}

/** What a type is for, and its fields as a table. */
function body(declaration: Declaration, page: string, declarations: Declarations): string[] {
  const { what, type, fields = [] } = declaration;
  const text = what ? [what] : [];
  if (type !== undefined) return [...text, linked(type, page, declarations)];
  const hasDefaults = fields.some((field) => field.default !== undefined);
  const rows = fields.map((field) => [
    code(field.name),
    linked(field.type, page, declarations),
    ...(hasDefaults ? [field.optional ? cell(field.default ?? "") : "required"] : []),
    cell(meaning(field, declarations)),
  ]);
  const head = ["Name", "Type", ...(hasDefaults ? ["Default"] : []), "Meaning"];
  return [...text, markdownTable([head, ...rows])];
}

/** What a component gives: nobody sets it, so it has no default. */
function outputs(declaration: Declaration, page: string, declarations: Declarations): string {
  const rows = (declaration.fields ?? []).map((field) => [
    code(field.name),
    linked(`${field.type}${field.optional ? " | undefined" : ""}`, page, declarations),
    cell(meaning(field, declarations)),
  ]);
  return markdownTable([["Name", "Type", "Meaning"], ...rows]);
}

/** What the field's comment says, or where it has none, the first sentence of its type's. */
export function meaning({ what, type }: Field, { types }: Declarations): string {
  const ofType = types.get(type.replace(/\[\]$/, ""))?.what ?? "";
  return what || (/^.*?\.(?= |$)/.exec(ofType)?.[0] ?? "");
}

/** A type as code, with choices written out, and with links to the types that have a table. */
function linked(type: string, page: string, { types }: Declarations): string {
  const written = type.replaceAll(/\b([A-Z]\w*)(\[\])?/g, (name, only: string, list?: string) => {
    const choice = types.get(only);
    if (!choice?.type || !isChoice(choice)) return name;
    return list ? `(${choice.type})[]` : choice.type;
  });
  return written
    .split(/((?<!\.)\b[A-Z]\w*)/)
    .reduce<string[]>((parts, part) => {
      // Names without a table belong to the code on both sides of them.
      if (types.has(part) || types.has(parts.at(-1) ?? "")) return [...parts, part];
      return [...parts.slice(0, -1), `${parts.at(-1) ?? ""}${part}`];
    }, [])
    .map((part) => {
      const declared = types.get(part);
      if (!declared) return code(part);
      const shared = SHARED_FILES.includes(declared.file) && page !== SHARED_PAGE;
      return `[${code(part)}](${shared ? SHARED_PAGE : ""}#${part.toLowerCase()})`;
    })
    .join("");
}

const code = (text: string): string => (text === "" ? "" : `\`${cell(text)}\``);

/** A bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");

async function main(): Promise<void> {
  new Command("npm run fix")
    .description(`Makes the tables of docs/components from the doc comments of components/.`)
    .allowExcessArguments(false)
    .parse();
  const declarations = readDeclarations();
  for (const page of PAGES) {
    const filepath = path.join(__dirname, page);
    const text = readFileSync(filepath, "utf8");
    const made = await generatedPage(page, text, declarations);
    if (made !== text) writeFileSync(filepath, made);
  }
}

if (require.main === module) void main();
