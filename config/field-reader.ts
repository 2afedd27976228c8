import * as command from "./commands";
import type { Fields } from "./key";
import { type Problems, shown } from "./problems";
import * as rule from "./rules";

/** Reads the fields of one object; for a wrong one it adds a problem and returns what the fix would set. */
export class FieldReader {
  private readonly known: Set<string>;

  /**
   * @param path of the object, such as `receivers[0]`
   * @param known fields that are read elsewhere
   */
  constructor(
    private readonly fields: Fields,
    private readonly path: string,
    private readonly problems: Problems,
    known: readonly string[] = [],
  ) {
    this.known = new Set(known);
  }

  text(field: string, allowed: rule.Rule): string {
    this.known.add(field);
    return this.checked(this.fields[field], `${this.path}.${field}`, allowed);
  }

  optional(field: string, allowed: rule.Rule): string | undefined {
    this.known.add(field);
    return this.fields[field] === undefined ? undefined : this.text(field, allowed);
  }

  /** A list of texts, each allowed. Absent: empty. */
  list(field: string, allowed: rule.Rule): readonly string[] {
    this.known.add(field);
    const value: unknown = this.fields[field] ?? [];
    const where = `${this.path}.${field}`;
    if (Array.isArray(value)) {
      return value.map((item, index) => this.checked(item, `${where}[${index}]`, allowed));
    }
    const first = typeof value === "string" && allowed.test(value) ? value : undefined;
    const set = command.setPath(`${where}[0]`, first ?? command.VALUE);
    const fix = command.all([command.removePath(where), set]);
    this.problems.add(where, `a list, each item ${allowed.must}`, shown(value), fix);
    return [first ?? allowed.example];
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

  /** Adds a problem for each field that nothing reads. */
  refuseOthers(): void {
    for (const field of Object.keys(this.fields)) {
      if (this.known.has(field)) continue;
      const where = command.fieldPath(this.path, field);
      const must = `one of the fields ${[...this.known].join(", ")}`;
      this.problems.add(where, must, "an unknown field", command.removePath(where));
    }
  }

  private checked(value: unknown, where: string, allowed: rule.Rule): string {
    if (typeof value === "string" && allowed.test(value)) return value;
    const meant = typeof value === "string" ? rule.meantBy(allowed, value) : undefined;
    const fix = command.setPath(where, meant ?? command.VALUE);
    this.problems.add(where, allowed.must, shown(value), fix);
    return meant ?? allowed.example;
  }
}
