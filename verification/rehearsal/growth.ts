import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { Measurement } from "../bench/measurement";
import * as instrumented from "../../components/instrumented-service/instrumented-service";
import { runProgram } from "../../simulation/program";
import type { Cli } from "./cli";
import { Engine } from "./engine";

/** One stack with so many services, and what a run over it costs. */
interface Growth {
  readonly services: number;
  readonly resources: number;
  /** Of the program alone, in this process: from its start to its last registration. */
  readonly programSeconds: number;
  /** `pulumi up` that changes nothing, program included. */
  readonly upSeconds: number;
  /** Heap in use after the no-op `up`, SDKs included. */
  readonly heapMegabytes: number;
}

/**
 * Measures the real index.ts with more and more services in its one stack.
 * @param sizes numbers of services, ascending
 */
export async function measureGrowth(
  cli: Cli,
  sizes: readonly number[],
  progress: (text: string) => void,
): Promise<Growth[]> {
  const measured: Growth[] = [];
  for (const services of sizes) {
    progress(`${services} services ...`);
    measured.push(await measureOne(cli, services));
  }
  return measured;
}

/**
 * How much each figure grows from the last size but one to the last, divided by the growth of the
 * number of services: 1 is linear.
 */
export function growthMeasurements(measured: readonly Growth[]): Measurement[] {
  const [few, many] = measured.slice(-2);
  if (!few || !many) throw new Error("growth needs two sizes");
  const grown = (figure: (growth: Growth) => number) => figure(many) / figure(few);
  const linear = grown(({ services }) => services);
  const measurement = (what: string, unit: string, figure: (growth: Growth) => number) => ({
    what: `${what}, ${many.services} services`,
    figure: `${figure(many).toFixed(1)} ${unit}, ${many.resources} resources`,
    against: `${figure(few).toFixed(1)} ${unit}, ${few.resources} resources`,
    ratio: grown(figure) / linear,
    most: 1.2,
  });
  return [
    measurement("program", "s", (growth) => growth.programSeconds),
    measurement("up that changes nothing", "s", (growth) => growth.upSeconds),
    measurement("heap after it", "MB", (growth) => growth.heapMegabytes),
  ];
}

async function measureOne(cli: Cli, services: number): Promise<Growth> {
  const run = new TimedProgram();
  const engine = await Engine.open(cli, {
    stack: "dev",
    program: run.program,
    skipCheckpoints: true,
  });
  try {
    return await withServices(services, async () => {
      const first = await engine.up();
      if (!first.ok) throw new Error(`up with ${services} services failed\n${first.console}`);
      const second = await engine.up();
      if (!second.ok || second.steps.length > 0) {
        throw new Error(`the second up with ${services} services changed something`);
      }
      return {
        services,
        resources: engine.state().resources.length,
        programSeconds: run.seconds,
        upSeconds: second.milliseconds / 1000,
        heapMegabytes: heapMegabytes(),
      };
    });
  } finally {
    engine.close();
  }
}

/** MB of heap in use after a garbage collection. */
function heapMegabytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

class TimedProgram {
  seconds = 0;
  readonly program: PulumiFn = async () => {
    const start = performance.now();
    const outputs = (await runProgram()) as Record<string, unknown>;
    this.seconds = (performance.now() - start) / 1000;
    return outputs;
  };
}

/** Runs with every service of the program made so many times, under names of their own. */
async function withServices<T>(count: number, run: () => Promise<T>): Promise<T> {
  const { InstrumentedService } = instrumented;
  type Parameters = ConstructorParameters<typeof InstrumentedService>;
  class Many extends InstrumentedService {
    constructor(...[name, args, opts]: Parameters) {
      super(name, args, opts);
      for (let number = 2; number <= count; number++) {
        new InstrumentedService(`${name}-${number}`, args, opts);
      }
    }
  }
  Object.assign(instrumented, { InstrumentedService: Many });
  try {
    return await run();
  } finally {
    Object.assign(instrumented, { InstrumentedService });
  }
}
