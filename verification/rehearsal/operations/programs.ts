import * as instrumented from "../../../components/instrumented-service/instrumented-service";
import { versions } from "../../../versions";

type Parameters_ = ConstructorParameters<typeof instrumented.InstrumentedService>;
type ServiceArgs = Parameters_[1];

/** Runs as if the arguments of the program's service had been edited. */
export function withService<T>(
  change: (args: ServiceArgs) => ServiceArgs,
  run: () => Promise<T>,
): Promise<T> {
  class Edited extends instrumented.InstrumentedService {
    constructor(...[name, args, opts]: Parameters_) {
      super(name, change(args), opts);
    }
  }
  return withServiceClass(Edited, run);
}

/** Runs with another class in the place of InstrumentedService. */
export async function withServiceClass<T>(
  replacement: typeof instrumented.InstrumentedService,
  run: () => Promise<T>,
): Promise<T> {
  const { InstrumentedService } = instrumented;
  Object.assign(instrumented, { InstrumentedService: replacement });
  try {
    return await run();
  } finally {
    Object.assign(instrumented, { InstrumentedService });
  }
}

/** Pins another chart version, as a newer release of the program does. */
export function pinChart(version: string): void {
  const pin: { version: string } = versions.kubePrometheusStack;
  pin.version = version;
}
