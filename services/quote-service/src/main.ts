import { createServer } from "node:http";
import { createApp } from "./app.ts";
import { metricsExport } from "./metrics-export.ts";
import { instrument } from "./telemetry.ts";

const { reader, answer } = metricsExport(process.env);
const meter = instrument(reader).getMeter("quote-service");
const server = createServer(createApp(meter, answer));

server.listen(Number(process.env.PORT ?? 3000), process.env.HOST, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  console.log(JSON.stringify({ msg: "listening", port }));
});

// A process that is PID 1 ignores these signals unless it handles them. New connections are refused,
// and the process ends when what is in flight is answered.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    console.log(JSON.stringify({ msg: "stopping", signal }));
    server.on("request", (_request, response) => response.setHeader("Connection", "close"));
    server.close(() => process.exit(0));
  });
}
