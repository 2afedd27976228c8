import { request } from "node:http";
import { connect } from "node:net";

export const everyMethod = [
  ..."GET HEAD POST PUT PATCH DELETE OPTIONS TRACE".split(" "),
  ..."PURGE PROPFIND SEARCH LOCK REPORT".split(" "),
];

/** What a scanner does: every method on every path, broken requests, and connections cut. */
export async function scan(url: string, paths: readonly string[]): Promise<void> {
  for (const path of [...paths, "/", "/.env", "/wp-login.php", "/%zz", "/a?b=%ff"]) {
    for (const method of everyMethod) await ask(url, method, path);
    for (const method of ["POST", "PUT"]) await ask(url, method, path, "{");
    for (const cut of [`POST ${path} HTTP/1.1\r\n`, head("POST", path, "Content-Length: 9"), ""])
      await raw(url, cut, 5);
    await raw(url, head("GET", path), 0);
  }
  await raw(url, "nonsense\r\n\r\n", 50);
  await raw(url, head("GET", "/", "Expect: the unexpected"), 50);
  await raw(url, head("GET", "/", `X: ${"x".repeat(17_000)}`), 50);
  await raw(url, head("POST", "/", "Transfer-Encoding: chunked") + "zz\r\n", 50);
}

function head(method: string, path: string, header = "Accept: */*"): string {
  const type = "Content-Type: application/json";
  return `${method} ${path} HTTP/1.1\r\nHost: a\r\n${type}\r\n${header}\r\n\r\n`;
}

function ask(url: string, method: string, path: string, body?: string): Promise<void> {
  return new Promise((resolve) => {
    const headers = { "Content-Type": "application/json" };
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      response.resume().on("close", resolve);
    });
    // A scanner does not mind.
    sent.on("error", () => {
      resolve();
    });
    sent.end(body);
  });
}

/** Sends bytes and cuts the connection after some milliseconds. */
export function raw(url: string, bytes: string, ms: number): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    let answer = "";
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes);
      setTimeout(() => socket.destroy(), ms);
    });
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      resolve(answer);
    });
  });
}
