import autocannon, { type Request } from "autocannon";
import type { LoadArgs } from "./load-args.js";

export interface TrafficResult {
  /** How many answers had which status code. */
  readonly byCode: Readonly<Record<string, number>>;
  /** Requests that got no answer. */
  readonly errors: number;
}

/** What one simulated user remembers from one request to the next. */
interface User {
  userName?: string;
  taskId?: string;
}

const connections = 8;

/**
 * Users who create tasks, list and finish them, and go wrong at times. Of four tasks two
 * are deleted, one stays done, and one has begun and is not done: `tasks_overdue` grows.
 */
export async function taskTraffic(args: LoadArgs): Promise<TrafficResult> {
  const { url, seconds, rate, maxRequests } = args;
  const amount = Math.min(maxRequests, rate * seconds);
  const byCode: Record<string, number> = {};
  const errors = await new Promise<number>((resolve, reject) => {
    const instance = autocannon(
      {
        url: url.origin,
        connections: Math.min(connections, amount),
        amount,
        overallRate: rate,
        // How often it looks whether it is to stop, in milliseconds.
        sampleInt: 100,
        requests: [...visit("done"), ...visit("deleted"), ...visit("deleted"), ...visit("left")],
      },
      (error, result) => {
        clearTimeout(timer);
        // The types promise null; what comes without an error is undefined.
        if (error instanceof Error) reject(error);
        else resolve(result.errors);
      },
    );
    instance.on("response", (_client, statusCode) => {
      byCode[statusCode] = (byCode[statusCode] ?? 0) + 1;
    });
    // autocannon has a limit in number or one in time, not both.
    const timer = setTimeout(() => {
      // The types lack it: https://github.com/mcollina/autocannon#autocannonopts-cb
      (instance as typeof instance & { stop: () => void }).stop();
    }, seconds * 1_000);
  });
  return { byCode, errors };
}

/** One user's visit, in the order of the requests. */
function visit(end: "done" | "deleted" | "left"): Request[] {
  return [
    create,
    {
      method: "GET",
      setupRequest: (request, user: User) => at(request, `?userName=${name(user)}`),
    },
    { method: "GET", setupRequest: (request, user: User) => at(request, `/${id(user)}`) },
    ...(end === "left" ? [] : [finish]),
    ...(end === "deleted" ? [remove] : []),
    { method: "GET", path: "/api/tasks/no-such-task" },
    { method: "GET", path: "/api/tasks?userName=alice&start=yesterday" },
    { method: "GET", path: "/wp-login.php" },
  ];
}

const create: Request = {
  method: "POST",
  path: "/api/tasks",
  headers: { "content-type": "application/json" },
  setupRequest: (request, user: User) => {
    user.userName ??= `user-${Math.floor(Math.random() * connections).toString()}`;
    return { ...request, body: JSON.stringify(taskOf(user)) };
  },
  onResponse: (status, body, context) => {
    const user = context as User;
    if (status === 201) user.taskId = (JSON.parse(body) as { taskId: string }).taskId;
    else delete user.taskId;
  },
};

const finish: Request = {
  method: "PUT",
  path: "/api/tasks",
  headers: { "content-type": "application/json" },
  setupRequest: (request, user: User) => ({
    ...request,
    body: JSON.stringify({ ...taskOf(user), taskId: id(user), notified: true, done: true }),
  }),
};

const remove: Request = {
  method: "DELETE",
  setupRequest: (request, user: User) => at(request, `/${id(user)}`),
};

function at(request: Request, rest: string): Request {
  return { ...request, path: `/api/tasks${rest}` };
}

function taskOf(user: User) {
  const anHourAgo = Math.floor(Date.now() / 1000) - 3_600;
  return {
    userName: name(user),
    title: "load",
    startAt: anHourAgo,
    contents: "made by npm run load",
  };
}

function name({ userName = "user-0" }: User): string {
  return userName;
}

/** After a creation that failed there is no id to go on with: the visit goes on with 404s. */
function id({ taskId = "never-created" }: User): string {
  return taskId;
}
