/** @throws Error where an option is not a whole number of at least 1 */
export function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`--${name} is "${text}"; it must be a whole number of at least 1.`);
}
