/** A value that a printed command sets, and the shell's word for it where that is not the value itself. */
export interface Fill {
  readonly value: string;
  readonly shell?: string;
}

/** What the reader of a message puts a value of their own for. */
export const VALUE = "<value>";

/** Bash commands for the messages: what is printed can be copied as it stands. */
export const set = (key: string, value: string): string =>
  `pulumi config set ${quoted(key)} ${quoted(value)}`;

export const remove = (key: string): string => `pulumi config rm ${quoted(key)}`;

export const setPath = (path: string, value: string): string =>
  `pulumi config set ${plainly(path)}--path ${quoted(path)} ${quoted(value)}`;

/** The CLI takes a key with such a word for a secret's, unless it is told otherwise. */
const plainly = (path: string): string =>
  /token|secret|password/i.test(path) ? "--plaintext " : "";

export const setSecret = (path: string): string =>
  `pulumi config set --secret --path ${quoted(path)} ${quoted(VALUE)}`;

export const removePath = (path: string): string => `pulumi config rm --path ${quoted(path)}`;

/** Encrypts a value that is there in clear, without showing it. */
export const encryptPath = (path: string): string =>
  `pulumi config set --secret --path ${quoted(path)} "$(pulumi config get --path ${quoted(path)})"`;

/** Takes the secrecy off every text in a value, without showing it. */
export const decrypt = (key: string, value: unknown): string =>
  typeof value === "object" && value !== null
    ? all(
        leaves(key, value).map(
          (path) =>
            `pulumi config set ${plainly(path)}--path ${quoted(path)} "$(pulumi config get --path ${quoted(path)})"`,
        ),
      )
    : `pulumi config set ${quoted(key)} "$(pulumi config get ${quoted(key)})"`;

/** Turns a list that the stack file holds into another, changing as little as possible. */
export function changeList(key: string, from: readonly unknown[], to: readonly Fill[]): string {
  const sets = to.flatMap(({ value, shell }, index) =>
    from[index] === value && shell === undefined
      ? []
      : [`pulumi config set --path ${quoted(`${key}[${index}]`)} ${shell ?? quoted(value)}`],
  );
  // From the end, because what follows a removed item moves up.
  const removals = from
    .map((_, index) => removePath(`${key}[${index}]`))
    .slice(to.length)
    .reverse();
  return all([...sets, ...removals]);
}

/** The path of a field of an object, or of an item of a list, as `--path` reads it. */
export const fieldPath = (path: string, field: string | number): string =>
  typeof field === "string" && /^[A-Za-z_][\w-]*$/.test(field)
    ? `${path}.${field}`
    : `${path}[${JSON.stringify(field)}]`;

export const all = (commands: readonly string[]): string => commands.join(" && ");

/** One word for bash. */
export const quoted = (text: string): string =>
  /^[\w./:@=+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

function leaves(path: string, value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => leaves(`${path}[${index}]`, item));
  }
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([field, item]) => leaves(fieldPath(path, field), item));
}
