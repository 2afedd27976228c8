import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { kill, type ServiceProcess, startProcess } from "../test/service-process.js";
import { Clients } from "./clients.js";
import { positive } from "./positive.js";

/**
 * Requests lost while one of two replicas is restarted again and again under load: behind a
 * balancer that polls readiness every 100 ms, or without one, where clients ask both replicas
 * until one refuses a connection. Half of the requests come on new connections.
 */
const usage = `npm run restarts -- [--restarts 20] [--rate 500] [--without-balancer] [--json]
exit 1: a request was lost behind the balancer, or the rate was not reached; 2: an argument is wrong`;

const options = argsOrExit();
const environment = { DRAIN_DELAY_MS: "3000", DRAIN_DEADLINE_MS: "10000" };
// What npm run build left, as in the image: it starts faster than the sources.
const start = () => startProcess({ args: ["dist/main.js"], environment });

const replicas: [ServiceProcess, ServiceProcess] = [await start(), await start()];
const clients = new Clients(
  () => replicas.map(({ url }) => url),
  options.balancer ? "balancer" : "none",
);
const running = clients.run(options.rate);
const began = performance.now();
let seconds: number;
try {
  for (let restart = 0; restart < options.restarts; restart++) {
    await delay(300);
    const index = restart % 2;
    const leaving = replicas[index];
    // As a rolling update does: the new one is ready before the old one is told to go.
    const next = await start();
    while (!(await isReady(next.url))) await delay(50);
    if (leaving === undefined) throw new Error("no replica");
    replicas[index] = next;
    clients.alsoKnows(leaving.url);
    leaving.child.kill("SIGTERM");
    await leaving.exited;
    clients.forgets(leaving.url);
  }
  seconds = (performance.now() - began) / 1000;
  clients.stop();
  await running;
} finally {
  await Promise.all(replicas.map(kill));
}

const { sent, lost } = clients;
const rate = sent.fresh + sent.kept > 0 ? (sent.fresh + sent.kept) / seconds : 0;
const result = { ...options, perSecond: Math.round(rate), sent, lost };
if (options.json) console.log(JSON.stringify(result));
else {
  console.log(
    `${options.restarts.toString()} restarts, ${rate.toFixed(0)} requests/s; ` +
      `lost ${lost.fresh.toString()} of ${sent.fresh.toString()} on new and ` +
      `${lost.kept.toString()} of ${sent.kept.toString()} on kept connections`,
  );
  for (const [reason, count] of clients.reasons) console.log(`  ${count.toString()} ${reason}`);
}
const missed = options.balancer && lost.fresh + lost.kept > 0;
if (missed || rate < options.rate * 0.9) process.exitCode = 1;

async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/health/readiness`)).status === 200;
}

function argsOrExit() {
  try {
    const { values } = parseArgs({
      options: {
        restarts: { type: "string", default: "20" },
        rate: { type: "string", default: "500" },
        "without-balancer": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return {
      restarts: positive("restarts", values.restarts),
      rate: positive("rate", values.rate),
      balancer: !values["without-balancer"],
      json: values.json,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}
