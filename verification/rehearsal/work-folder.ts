import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { isProperties } from "../../simulation/resource";
import { holdsSecret } from "../../simulation/stack-files";

type Config = Readonly<Record<string, unknown>>;

/**
 * A temporary copy of the project and stack files, which the real CLI reads. A rehearsal changes the
 * configuration here.
 */
export class WorkFolder {
  constructor(
    readonly folder: string,
    private readonly stack: string,
    private readonly root: string,
    /** Keys that are always set. */
    private readonly base: Config,
  ) {
    for (const file of ["Pulumi.yaml", "index.ts"]) {
      copyFileSync(path.join(root, file), path.join(this.folder, file));
    }
    this.reset();
  }

  /** The configuration as the project has it, with what `base` sets. */
  reset(): void {
    this.write({
      ...configOf(path.join(this.root, `Pulumi.${this.stack}.yaml`)),
      ...this.base,
    });
  }

  /**
   * The configuration of another file, and nothing of the project's but what is given beside it.
   * @returns paths of its secrets, which only their owner can decrypt: they are left out
   */
  take(file: string, beside: Config): readonly string[] {
    const config = Object.entries({ ...configOf(file), ...beside });
    this.write(Object.fromEntries(config.filter(([, value]) => !holdsSecret(value))));
    return config
      .filter(([, value]) => holdsSecret(value))
      .flatMap(([key, value]) => Object.keys(value as Config).map((name) => `${key}.${name}`));
  }

  private write(config: Config): void {
    // The CLI keeps the salt of the secrets in the same file.
    const kept = existsSync(this.stackFile)
      ? (parse(readFileSync(this.stackFile, "utf8")) as Config)
      : {};
    writeFileSync(this.stackFile, stringify({ ...kept, config }));
  }

  /** Sets keys in the stack's file. */
  configure(config: Config): void {
    edit(this.stackFile, (text) => this.changed(text, config));
  }

  withConfig<T>(config: Config, run: () => Promise<T>): Promise<T> {
    return withFile(this.stackFile, (text) => this.changed(text, config), run);
  }

  /** Runs with a changed Pulumi.yaml. */
  withProject<T>(change: (text: string) => string, run: () => Promise<T>): Promise<T> {
    return withFile(path.join(this.folder, "Pulumi.yaml"), change, run);
  }

  /** The CLI writes the project's name before every key, so both forms have to be one key. */
  private changed(text: string, config: Config): string {
    const settings = parse(text) as Record<string, unknown>;
    const { name } = parse(readFileSync(path.join(this.folder, "Pulumi.yaml"), "utf8")) as Config;
    const old = Object.entries(isProperties(settings.config) ? settings.config : {});
    const own = `${String(name)}:`;
    const short = Object.fromEntries(old.map(([key, value]) => [key.replace(own, ""), value]));
    return stringify({ ...settings, config: { ...(short as Config), ...config } });
  }

  private get stackFile(): string {
    return path.join(this.folder, `Pulumi.${this.stack}.yaml`);
  }
}

const configOf = (file: string): Config =>
  (parse(readFileSync(file, "utf8")) as { config: Config }).config;

async function withFile<T>(
  file: string,
  change: (text: string) => string,
  run: () => Promise<T>,
): Promise<T> {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, change(text));
  try {
    return await run();
  } finally {
    writeFileSync(file, text);
  }
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, "utf8")));
}
