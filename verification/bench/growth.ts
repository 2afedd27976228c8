import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as instrumented from "../../components/instrumented-service/instrumented-service";
import { runProgram } from "../../simulation/program";
import { Engine } from "../rehearsal/engine";
import { succeeded } from "../rehearsal/operations/apply";
import { withServiceClass } from "../rehearsal/operations/programs";
import { RehearsedCluster } from "../rehearsal/rehearsed-cluster";
import type { Tools } from "../rehearsal/tools";
import type { Measurement } from "./measurement";
import { Memory } from "./memory";

/** What a stack with so many services costs on a real Kubernetes. Memory in MiB, times in seconds. */
export interface Growth {
  readonly services: number;
  readonly resources: number;
  /** `pulumi up` of everything, the state written once, at its end. */
  readonly firstUp: number;
  /** The same with the state written after each step, as `pulumi up` does. */
  readonly firstUpWithState: number;
  /** `pulumi up` that changes nothing. */
  readonly secondUp: number;
  /** Of that, the program alone: from its start to its last registration. */
  readonly program: number;
  readonly refresh: number;
  /** Most that the program's process had, SDKs and this measurement included. */
  readonly programMemory: number;
  readonly engineMemory: number;
  readonly providerMemory: number;
}

/**
 * Measures the real index.ts, stack dev, with more and more services in it.
 * @param sizes how often task-service is in it, ascending
 */
export async function measureGrowth(
  tools: Tools,
  sizes: readonly number[],
  progress: (text: string) => void,
): Promise<Growth[]> {
  const measured: Growth[] = [];
  for (const services of sizes) {
    progress(`  ${services} services, state written once ...`);
    const once = await measureOne(tools, services, true);
    progress(`  ${services} services, state written after each step ...`);
    const { firstUp } = await measureOne(tools, services, false);
    measured.push({ ...once, firstUpWithState: firstUp });
  }
  return measured;
}

/**
 * How much a figure grows between the two largest sizes, divided by the growth of the number of services: 1 is
 * linear, and less where a part of it is the same for any number. Not from the smallest, and not by
 * resources: most of those that every stack has are made by plugins and cost the program nothing.
 */
export function growthMeasurements(measured: readonly Growth[]): Measurement[] {
  const [few, many] = measured.slice(-2);
  if (!few || !many) throw new Error("growth needs two sizes");
  const grown = (figure: (growth: Growth) => number) => figure(many) / figure(few);
  const linear = grown(({ services }) => services);
  const measurement = (
    what: string,
    unit: string,
    most: number,
    figure: (growth: Growth) => number,
  ): Measurement => ({
    what: `${what}, ${many.services} services`,
    figure: `${figure(many).toFixed(2)} ${unit}, ${many.resources} resources`,
    against: `${figure(few).toFixed(2)} ${unit}, ${few.services} services`,
    ratio: grown(figure) / linear,
    most,
  });
  return [
    measurement("program", "s", 1.2, ({ program }) => program),
    measurement("up that changes nothing", "s", 1.2, ({ secondUp }) => secondUp),
    measurement("refresh", "s", 1.2, ({ refresh }) => refresh),
    measurement("program's memory", "MiB", 1.2, ({ programMemory }) => programMemory),
    measurement("provider's memory", "MiB", 1.2, ({ providerMemory }) => providerMemory),
    measurement("engine's memory", "MiB", 1.2, ({ engineMemory }) => engineMemory),
  ];
}

async function measureOne(
  { cli, cluster: { kubernetes }, chart, operator }: Tools,
  services: number,
  skipCheckpoints: boolean,
): Promise<Omit<Growth, "firstUpWithState">> {
  const program = new TimedProgram();
  const rehearsed = await RehearsedCluster.open(kubernetes, { region: REGION, chart, operator });
  const engine = await Engine.open(cli, {
    stack: "dev",
    cluster: rehearsed,
    program: program.run,
    config: { chart: chart.folder },
    ...(skipCheckpoints && { skipCheckpoints }),
  });
  const memory = Memory.watch(() => engine.processes());
  try {
    return await withServices(services, async () => {
      const first = await succeeded(engine.up());
      const second = await succeeded(engine.up());
      if (second.steps.length > 0) throw new Error("the second up changed something");
      const refresh = await succeeded(engine.refresh());
      const most = memory.most();
      return {
        services: services + OTHERS,
        resources: engine.state().resources.length,
        firstUp: first.milliseconds / 1000,
        secondUp: second.milliseconds / 1000,
        program: program.seconds,
        refresh: refresh.milliseconds / 1000,
        programMemory: most.program,
        engineMemory: most.engine,
        providerMemory: most.provider,
      };
    });
  } finally {
    memory.stop();
    engine.close();
    await rehearsed.close();
  }
}

/** Of the stack's file. */
const REGION = "ap-northeast-1";

class TimedProgram {
  seconds = 0;
  readonly run: PulumiFn = async () => {
    const start = performance.now();
    const outputs = (await runProgram()) as Record<string, unknown>;
    this.seconds = (performance.now() - start) / 1000;
    return outputs;
  };
}

const MULTIPLIED = "task-service";
/** Services of stack dev beside it. */
const OTHERS = 1;

/** Fifty of them fit on three small nodes. Nothing that is measured depends on it. */
const SMALL = { cpu: "10m", memory: "16Mi", memoryLimit: "256Mi" };

/** Runs with task-service made so many times, under names of their own. */
function withServices<T>(count: number, run: () => Promise<T>): Promise<T> {
  const { InstrumentedService } = instrumented;
  class Many extends InstrumentedService {
    constructor(...[name, args, opts]: ConstructorParameters<typeof InstrumentedService>) {
      super(name, args, opts);
      if (name !== MULTIPLIED) return;
      for (let number = 2; number <= count; number++) {
        new InstrumentedService(`${name}-${number}`, { ...args, resources: SMALL }, opts);
      }
    }
  }
  return withServiceClass(Many, run);
}
