import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import dockerignore from "@balena/dockerignore";
import { DockerfileParser, type Instruction, ModifiableInstruction } from "dockerfile-ast";

/** A stage of a Dockerfile whose steps were performed; `root` is the folder that is its `/`. */
export interface Stage {
  readonly root: string;
  readonly image: string;
  readonly name: string | undefined;
  readonly environment: Record<string, string>;
  workdir: string;
  user: string | undefined;
  command: readonly string[];
}

export interface DockerfileArgs {
  /** Folder with the Dockerfile and the .dockerignore. */
  readonly context: string;
  /** An empty folder; every stage becomes one below it. */
  readonly target: string;
  /** Folder of the programs that RUN finds first. */
  readonly binaries: string;
}

/**
 * Performs the steps of a Dockerfile without Docker. What a base image holds is missing, and RUN
 * runs with this machine's other programs. Fails at an instruction that it does not know.
 */
export function performDockerfile({ context, target, binaries }: DockerfileArgs): Stage[] {
  const isCopied = dockerignore
    .default()
    .add(readFileSync(path.join(context, ".dockerignore"), "utf8"))
    .createFilter();
  const stages: Stage[] = [];

  for (const instruction of parsedDockerfile(context)) {
    const args = instruction.getArguments().map((argument) => argument.getValue());
    const stage = stages.at(-1);
    switch (instruction.getKeyword()) {
      case "FROM":
        stages.push(newStage(args, path.join(target, stages.length.toString())));
        break;
      case "WORKDIR":
        stageOf(stage).workdir = args[0] ?? "/";
        mkdirSync(inside(stageOf(stage), "."), { recursive: true });
        break;
      case "COPY":
        copy(instruction, args, stageOf(stage));
        break;
      case "RUN":
        run(args, stageOf(stage));
        break;
      case "ENV":
        for (const arg of args) {
          const [name = "", value = ""] = arg.split(/=(.*)/s);
          stageOf(stage).environment[name] = value;
        }
        break;
      case "USER":
        stageOf(stage).user = args[0];
        break;
      case "CMD":
        stageOf(stage).command = JSON.parse(instruction.getArgumentsContent() ?? "[]") as string[];
        break;
      case "EXPOSE":
        break;
      default:
        throw new Error(`${instruction.getKeyword()} is not known to this test`);
    }
  }
  return stages;

  function copy(instruction: Instruction, args: string[], stage: Stage): void {
    const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
    const from = flags.find((flag) => flag.getName() === "from")?.getValue();
    const sources = args.slice(0, -1);
    const to = args.at(-1) ?? ".";
    for (const source of sources) {
      const target = inside(stage, to.endsWith("/") ? path.join(to, path.basename(source)) : to);
      if (from !== undefined && from !== null) {
        const origin = stages.find(({ name }) => name === from);
        cpSync(inside(stageOf(origin), source), target, {
          recursive: true,
          verbatimSymlinks: true,
        });
      } else {
        const filter = (file: string) => file === context || isCopied(path.relative(context, file));
        const file = path.join(context, source);
        if (!filter(file)) throw new Error(`COPY ${source}: .dockerignore keeps it out`);
        cpSync(file, target, { recursive: true, filter });
      }
    }
  }

  function run(args: string[], stage: Stage): void {
    // With this machine's environment, which may say how the registry is reached.
    const { PATH = "" } = process.env;
    execFileSync("sh", ["-c", args.join(" ")], {
      cwd: inside(stage, "."),
      env: { ...process.env, ...stage.environment, PATH: `${binaries}:${PATH}` },
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
}

export function parsedDockerfile(context: string): Instruction[] {
  return DockerfileParser.parse(
    readFileSync(path.join(context, "Dockerfile"), "utf8"),
  ).getInstructions();
}

/** A path of the stage's file system as a path of this machine. */
export function inside({ root, workdir }: Stage, file: string): string {
  return path.join(root, path.resolve(workdir, file));
}

function newStage([image = "", , name]: string[], root: string): Stage {
  mkdirSync(root);
  return { root, image, name, environment: {}, workdir: "/", user: undefined, command: [] };
}

function stageOf(stage: Stage | undefined): Stage {
  if (stage === undefined)
    throw new Error("an instruction names or needs a stage that is not there");
  return stage;
}
