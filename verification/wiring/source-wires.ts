import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as ts from "typescript";

const ROOT = path.join(__dirname, "..", "..");

/**
 * Files that hand values on: the configuration's result, and the arguments of everything that is made. Of the
 * services those that the stack deploys: what nothing calls cannot show.
 */
export const CONFIG_FILE = "config/config.ts";
export const PROGRAM_FILES: readonly string[] = [
  "index.ts",
  "components/stack-cluster.ts",
  "components/cluster/eks.ts",
  ...readdirSync(path.join(ROOT, "services"))
    .map((file) => `services/${file}`)
    .filter((file) => file.endsWith(".ts") && /^export function deploy/m.test(read(file)))
    .filter((file) => read("index.ts").includes(`"./${file.slice(0, -".ts".length)}"`)),
];

/** One value that is handed on, as it stands in the source. */
export interface SourceWire {
  /** File and path, such as `config/config.ts cluster.vpcCidr`; unique. */
  readonly id: string;
  readonly file: string;
  /** Keys from the outermost object literal to the value. */
  readonly path: readonly string[];
  /** Whether the value is an object literal with wires of its own. */
  readonly hasParts: boolean;
  /** Whether the value is written down here and does not come from elsewhere. */
  readonly isLiteral: boolean;
  /** What to put in the place of a condition, which has no value of its own. @default not a condition */
  readonly constants?: readonly string[];
  /** The source with the wire cut: a constant in the place of the value. */
  cut(constant: string): string;
}

/** Functions of config.ts that return a part of the configuration, and where in it that part is. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  readConfig: [],
  eksCluster: ["cluster"],
  existingCluster: ["cluster"],
  monitoring: ["monitoring"],
  keda: ["keda"],
  taskService: ["services", "taskService"],
  quoteService: ["services", "quoteService"],
};

/** Every property of the object that readConfig returns, and every condition that decides about one. */
export function resultOfReadConfig(): SourceWire[] {
  const source = parse(CONFIG_FILE);
  return Object.entries(PARTS).flatMap(([name, above]) => {
    const result = returnedObject(source, name);
    const prefix = `${CONFIG_FILE} ${name}`;
    return [
      ...objectWires(source, result, prefix, above),
      ...conditionWires(source, result, prefix),
    ];
  });
}

/** `condition && { ... }` is cut to true (false takes the properties away, which are wires), `condition ? a : b` to either. */
function conditionWires(source: ts.SourceFile, node: ts.Node, prefix: string): SourceWire[] {
  const beneath: SourceWire[] = [];
  ts.forEachChild(node, (child) => {
    beneath.push(...conditionWires(source, child, prefix));
  });
  const decides = conditionOf(node);
  if (!decides) return beneath;
  const { condition, constants } = decides;
  const at = [`if (${condition.getText(source)})`];
  const own = wire(source, prefix, at, condition, replaceNode(condition));
  return [{ ...own, constants }, ...beneath];
}

/** Every argument of every `new X(...)` and `deployX(...)`, and every property of those that are object literals. */
export function argumentsOf(file: string): SourceWire[] {
  const source = parse(file);
  const wires: SourceWire[] = [];
  const visit = (node: ts.Node): void => {
    const call = ts.isNewExpression(node) || (ts.isCallExpression(node) && deploys(node));
    if (call) {
      const [first, ...others] = node.arguments ?? [];
      const named = first && ts.isStringLiteral(first);
      const callee = node.expression.getText(source);
      const prefix = `${file} ${callee}${named ? ` ${first.text}` : ""}`;
      for (const [index, argument] of (named ? others : (node.arguments ?? [])).entries()) {
        const which = index === 0 ? "args" : "opts";
        if (ts.isObjectLiteralExpression(argument)) {
          wires.push(...objectWires(source, argument, prefix, [which]));
        } else wires.push(wire(source, prefix, [which], argument, replaceNode(argument)));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return wires;
}

function conditionOf(
  node: ts.Node,
): { readonly condition: ts.Expression; readonly constants: readonly string[] } | undefined {
  if (ts.isConditionalExpression(node)) {
    return { condition: node.condition, constants: ["true", "false"] };
  }
  const isAnd =
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
  return isAnd ? { condition: node.left, constants: ["true"] } : undefined;
}

const deploys = (call: ts.CallExpression): boolean =>
  ts.isIdentifier(call.expression) &&
  /^(deploy|createStackCluster$|createEks$|createBudget$)/.test(call.expression.text);

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2022, true);

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}

function returnedObject(source: ts.SourceFile, name: string): ts.ObjectLiteralExpression {
  const declared = source.statements.find(
    (statement): statement is ts.FunctionDeclaration =>
      ts.isFunctionDeclaration(statement) && statement.name?.text === name,
  );
  const returned = declared?.body?.statements.find(ts.isReturnStatement)?.expression;
  if (returned && ts.isObjectLiteralExpression(returned)) return returned;
  throw new Error(`${source.fileName}: ${name} must return an object literal`);
}

/** Properties and spreads of an object literal, those of nested literals among them. */
function objectWires(
  source: ts.SourceFile,
  object: ts.ObjectLiteralExpression,
  prefix: string,
  above: readonly string[],
): SourceWire[] {
  return object.properties.flatMap((property): SourceWire[] => {
    if (ts.isSpreadAssignment(property)) {
      // `...(condition && { ... })`: the object's own properties are the wires.
      const nested = literalIn(property.expression);
      if (nested) return objectWires(source, nested, prefix, above);
      const at = [...above, `...${property.expression.getText(source)}`];
      return [wire(source, prefix, at, property.expression, replaceNode(property.expression))];
    }
    if (ts.isShorthandPropertyAssignment(property)) {
      const at = [...above, property.name.text];
      const replace = (constant: string): Edit => [
        property.getStart(source),
        property.getEnd(),
        `${property.name.text}: ${constant}`,
      ];
      return [wire(source, prefix, at, undefined, replace)];
    }
    if (!ts.isPropertyAssignment(property)) return [];
    const name = ts.isStringLiteral(property.name)
      ? property.name.text
      : property.name.getText(source);
    const at = [...above, name];
    const value = property.initializer;
    const own = wire(source, prefix, at, value, replaceNode(value));
    return ts.isObjectLiteralExpression(value)
      ? [own, ...objectWires(source, value, prefix, at)]
      : [own];
  });
}

function literalIn(expression: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (ts.isParenthesizedExpression(expression)) return literalIn(expression.expression);
  if (ts.isBinaryExpression(expression)) return literalIn(expression.right);
  return ts.isObjectLiteralExpression(expression) ? expression : undefined;
}

type Edit = readonly [start: number, end: number, text: string];

const replaceNode =
  (node: ts.Node) =>
  (constant: string): Edit => [node.getStart(), node.getEnd(), constant];

function wire(
  source: ts.SourceFile,
  prefix: string,
  at: readonly string[],
  value: ts.Node | undefined,
  edit: (constant: string) => Edit,
): SourceWire {
  return {
    id: `${prefix} ${at.join(".")}`,
    file: source.fileName,
    path: at,
    hasParts: value !== undefined && ts.isObjectLiteralExpression(value),
    isLiteral: value !== undefined && ts.isLiteralExpression(value),
    cut: (constant) => {
      const [start, end, text] = edit(`(${constant} as never)`);
      return source.text.slice(0, start) + text + source.text.slice(end);
    },
  };
}
