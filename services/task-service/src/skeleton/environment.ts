import { z } from "zod";

/** A whole number of the given range, as an environment variable writes it. */
export function whole(least: number, most: number) {
  const rule = `must be a whole number from ${least.toString()} to ${most.toString()}`;
  return z
    .string()
    .regex(/^\d+$/, rule)
    .transform(Number)
    .pipe(z.int(rule).min(least, rule).max(most, rule));
}

/** A number from 0 to 1. */
export function share() {
  const rule = "must be a number from 0 to 1";
  return z
    .string()
    .regex(/^\d*\.?\d+$/, rule)
    .transform(Number)
    .pipe(z.number().max(1, rule));
}

/**
 * The variables that a schema names. An empty variable counts as absent, as a manifest often has no
 * other way to leave one out.
 *
 * @throws Error with one sentence per variable at fault: its name, the value got, what is allowed
 */
export function readEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== ""),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const sentences = result.error.issues.map(({ path, message }) => {
    const name = path.join(".");
    return `${name} is "${present[name] ?? ""}"; it ${message}.`;
  });
  throw new Error(sentences.join(" "));
}
