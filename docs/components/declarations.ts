import { readdirSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const ROOT = path.join(__dirname, "..", "..");

/** An interface, another name for a type, or the outputs of a class, as doc comments describe it. */
export interface Declaration {
  readonly name: string;
  /** File, relative to the project. */
  readonly file: string;
  readonly what: string;
  /** @default it has no fields */
  readonly fields?: readonly Field[];
  /** What another name stands for. @default it has fields */
  readonly type?: string;
}

export interface Field {
  readonly name: string;
  /** TypeScript, on one line, without `readonly`. */
  readonly type: string;
  readonly optional: boolean;
  /** Text of `@default`. @default it has none */
  readonly default?: string;
  readonly what: string;
}

/** A component: what its constructor takes, and what it gives. */
export interface Component {
  readonly name: string;
  /** Folder in components/, which is the name of its page. */
  readonly folder: string;
  readonly args: Declaration;
  readonly outputs: Declaration;
}

export interface Declarations {
  readonly components: readonly Component[];
  /** Every exported interface and type by its name, as files have them from top to bottom. */
  readonly types: ReadonlyMap<string, Declaration>;
}

/** Reads the doc comments of components/ and of what these import from the project. */
export function readDeclarations(): Declarations {
  const program = createProgram();
  const checker = program.getTypeChecker();
  const statements = program
    .getSourceFiles()
    .filter(({ fileName }) => /^\w/.test(path.relative(ROOT, fileName)))
    .filter(({ fileName }) => !fileName.includes("/node_modules/"))
    .flatMap((source) => [...source.statements]);
  const types = new Map<string, Declaration>();
  for (const node of statements) {
    if (!ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node)) continue;
    if (!hasModifier(node, ts.SyntaxKind.ExportKeyword)) continue;
    const { text: name } = node.name;
    if (types.has(name)) throw new Error(`${name} must be the name of one type; got two.`);
    types.set(name, typeDeclaration(node, checker));
  }
  const components = statements
    .filter(ts.isClassDeclaration)
    .filter(isComponent)
    .map((node) => component(node, checker));
  return { components, types };
}

/** Without the types of packages, which no table shows: reading those of AWS takes seconds. */
function createProgram(): ts.Program {
  const folder = path.join(ROOT, "components");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(folder, file));
  const options = { target: ts.ScriptTarget.ES2022, types: [], strict: true, noEmit: true };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) =>
      text.startsWith(".")
        ? ts.resolveModuleName(text, from, options, host)
        : { resolvedModule: undefined },
    );
  return ts.createProgram(files.sort(), options, host);
}

const isComponent = (node: ts.ClassDeclaration): boolean =>
  (node.heritageClauses ?? []).some((clause) =>
    clause.types.some(({ expression }) => expression.getText() === "pulumi.ComponentResource"),
  );

function component(node: ts.ClassDeclaration, checker: ts.TypeChecker): Component {
  const file = fileOf(node);
  const name = node.name?.text ?? "";
  const [, args] = node.members.find(ts.isConstructorDeclaration)?.parameters ?? [];
  if (!args?.type)
    throw new Error(`${file}: the constructor of ${name} must have (name, args, opts).`);
  const outputs = node.members
    .filter(ts.isPropertyDeclaration)
    .filter((member) => !hasModifier(member, ts.SyntaxKind.PrivateKeyword))
    .map((member) => field(member, checker));
  return {
    name,
    folder: path.basename(path.dirname(file)),
    args: {
      name: args.type.getText(),
      file,
      what: "",
      fields: fieldsOf(checker.getTypeAtLocation(args.type), checker),
    },
    outputs: { name, file, what: "", fields: outputs },
  };
}

const hasModifier = (
  { modifiers = [] }: { readonly modifiers?: Iterable<ts.ModifierLike> | undefined },
  kind: ts.SyntaxKind,
): boolean => [...modifiers].some((modifier) => modifier.kind === kind);

function typeDeclaration(
  node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration,
  checker: ts.TypeChecker,
): Declaration {
  return {
    name: node.name.text,
    file: fileOf(node),
    what: commentOf(checker.getSymbolAtLocation(node.name), checker).what,
    ...(ts.isInterfaceDeclaration(node)
      ? { fields: fieldsOf(checker.getTypeAtLocation(node), checker) }
      : { type: literalsOf(checker.getTypeAtLocation(node)) ?? typeText(node.type) }),
  };
}

/** The values of a type that is a choice of texts, however it is written. */
function literalsOf(type: ts.Type): string | undefined {
  const choices = type.isUnion() ? type.types : [type];
  if (!choices.every((choice) => choice.isStringLiteral())) return undefined;
  return choices.map(({ value }) => JSON.stringify(value)).join(" | ");
}

const fileOf = (node: ts.Node): string => path.relative(ROOT, node.getSourceFile().fileName);

/** Own fields first as they are written, then those of what it extends. */
const fieldsOf = (type: ts.Type, checker: ts.TypeChecker): Field[] =>
  checker
    .getPropertiesOfType(type)
    .map((property) => (property.declarations ?? []).filter(isField))
    .flatMap(([first, ...others]) => {
      if (!first) return [];
      // A choice of types declares it once for each of them.
      const types = [first, ...others].map((node) => typeText(node.type));
      const possible = types.filter((text) => text !== "never");
      return [{ ...field(first, checker), type: [...new Set(possible)].join(" | ") }];
    });

const isField = (node: ts.Declaration): node is ts.PropertySignature | ts.MethodSignature =>
  ts.isPropertySignature(node) || ts.isMethodSignature(node);

function field(
  node: ts.PropertySignature | ts.MethodSignature | ts.PropertyDeclaration,
  checker: ts.TypeChecker,
): Field {
  const parameters = ts.isMethodSignature(node)
    ? `(${node.parameters.map((parameter) => parameter.name.getText()).join(", ")})`
    : "";
  return {
    name: `${node.name.getText()}${parameters}`,
    type: typeText(node.type),
    optional: node.questionToken !== undefined,
    ...commentOf(checker.getSymbolAtLocation(node.name), checker),
  };
}

function commentOf(
  symbol: ts.Symbol | undefined,
  checker: ts.TypeChecker,
): Pick<Field, "what" | "default"> {
  const tags = symbol?.getJsDocTags(checker) ?? [];
  const tag = (name: string) => {
    const found = tags.find((each) => each.name === name);
    return found && oneLine(ts.displayPartsToString(found.text));
  };
  const text = oneLine(ts.displayPartsToString(symbol?.getDocumentationComment(checker)));
  const [byDefault, returns] = [tag("default"), tag("returns")];
  return {
    what: [text, ...(returns === undefined ? [] : [`Returns ${returns}.`])].join(" ").trim(),
    ...(byDefault !== undefined && { default: byDefault }),
  };
}

const typeText = (type: ts.TypeNode | undefined): string =>
  oneLine(type?.getText() ?? "").replaceAll(/\breadonly /g, "");

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
