import { parseArgs } from "node:util";

export interface LoadArgs {
  readonly url: URL;
  readonly seconds: number;
  /** Requests per second, at most. */
  readonly rate: number;
  readonly maxRequests: number;
}

/**
 * Reads the command line: `--url` (http://127.0.0.1:3000), `--seconds` (30, up to 3600), `--rate`
 * (50 per second, up to 1000), `--max-requests` (20000, up to 1000000) and `--allow-remote`.
 *
 * @throws Error that names the flag, the value got and what is allowed
 */
export function loadArgsFrom(commandLine: readonly string[]): LoadArgs {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      url: { type: "string", default: "http://127.0.0.1:3000" },
      seconds: { type: "string", default: "30" },
      rate: { type: "string", default: "50" },
      "max-requests": { type: "string", default: "20000" },
      "allow-remote": { type: "boolean", default: false },
    },
  });
  return {
    url: target(values.url, values["allow-remote"]),
    seconds: whole("seconds", values.seconds, 3_600),
    rate: whole("rate", values.rate, 1_000),
    maxRequests: whole("max-requests", values["max-requests"], 1_000_000),
  };
}

function target(text: string, allowRemote: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error(`--url is "${text}"; it must be an http or https address.`);
  }
  if (!allowRemote && !isLoopback(url.hostname)) {
    throw new Error(
      `--url is "${text}", which is not this machine; load goes to a loopback address ` +
        "unless --allow-remote is given.",
    );
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  // A URL writes every form of an IPv4 address as four numbers, so 127.1 arrives as 127.0.0.1.
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new Error(
    `--${name} is "${text}"; it must be a whole number from 1 to ${most.toString()}.`,
  );
}
