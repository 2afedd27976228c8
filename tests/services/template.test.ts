import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SimulationDocument } from "../../simulation/simulate";
import { ROOT } from "../support/simulated";

const PROGRAM = [
  "components",
  "config",
  "index.ts",
  "observability",
  "package.json",
  "Pulumi.dev.yaml",
  "Pulumi.yaml",
  "register.cjs",
  "services",
  "simulation",
  "versions.ts",
];

/** services/orders.ts, as somebody would write it beside services/task-service.ts. */
const DEPLOYMENT = `
import type * as pulumi from "@pulumi/pulumi";
import { InstrumentedService } from "../components/instrumented-service/instrumented-service";
import type { Platform } from "../components/platform";
import type { Watcher } from "../components/watcher";

interface OrdersArgs {
  readonly namespace: pulumi.Input<string>;
  readonly platform: Platform;
  readonly watchedBy: Watcher;
}

export function deployOrders(args: OrdersArgs): InstrumentedService {
  return new InstrumentedService(
    "orders",
    { ...args, image: { context: "./services/orders" }, metrics: { routes: 1 }, slo: { availability: 99.5 } },
    { providers: args.platform.providers },
  );
}
`;

describe("a copy of task-service", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "template-"));
    const isSource = (file: string) => !/node_modules|\/dist$/.test(file);
    for (const part of PROGRAM) {
      cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true, filter: isSource });
    }
    symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("joins the stack in the four steps of its README", () => {
    const readme = readFileSync(path.join(ROOT, "services/task-service/README.md"), "utf8");
    const [, steps = ""] = readme.split("## As a template");
    for (const step of ["1. ", "2. ", "3. ", "4. "]) assert.ok(steps.includes(`\n${step}`), step);

    cpSync(path.join(folder, "services/task-service"), path.join(folder, "services/orders"), {
      recursive: true,
    });
    rmSync(path.join(folder, "services/orders/src/domain"), { recursive: true });
    writeFileSync(path.join(folder, "services/orders.ts"), DEPLOYMENT);
    const index = path.join(folder, "index.ts");
    const program = readFileSync(index, "utf8");
    const list = "const services = [\n";
    assert.ok(program.includes(list));
    const longer = program.replace(list, `${list}  deployOrders(shared),\n`);
    writeFileSync(index, `import { deployOrders } from "./services/orders";\n${longer}`);

    const command = ["-r", "./register.cjs", "simulation/main.ts", "--stack", "dev", "--json"];
    const printed = execFileSync(process.execPath, command, {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    const document = JSON.parse(printed) as SimulationDocument;
    const monitor = document.resources.find(({ name }) => name === "orders-monitor");
    const spec = monitor?.inputs.spec as { sampleLimit: number } | undefined;
    assert.equal(spec?.sampleLimit, 1100);
    const image = document.resources.find(
      ({ type, name }) => type === "docker-build:index:Image" && name === "orders",
    );
    assert.deepEqual(image?.inputs.context, { location: "./services/orders" });
    const { orders } = document.outputs.services as Record<string, { url: string }>;
    assert.equal(orders?.url, "http://orders.prod.svc.cluster.local");
    assert.deepEqual(document.destroy.leftovers, []);
  });
});
