import { setTimeout as delay } from "node:timers/promises";
import type { CreateDomain, Domain } from "../../src/skeleton/domain.js";

/** A domain for tests of the skeleton: it greets, late or never when told so, and fails. */
export const greetingDomain: CreateDomain = () => greeting();

export function greeting(changes: Partial<Domain> = {}): Domain {
  return {
    routes: [
      {
        method: "GET",
        path: "/hello/:name",
        codes: [200, 404],
        handlers: [
          async (request, response) => {
            const { query } = request;
            if (query.fail !== undefined) throw new Error("secret reason");
            if (query.never !== undefined) return;
            if (query.breaks !== undefined) {
              response.write("hel");
              setTimeout(() => response.destroy(), 10);
              return;
            }
            await delay(Number(query.ms ?? 0));
            response.json({ hello: request.params.name });
          },
        ],
      },
    ],
    ...changes,
  };
}

/** So many routes of the most codes that one may declare; `?code=` says what they answer. */
export function manyRoutes(count: number): CreateDomain {
  return () => ({
    routes: Array.from({ length: count }, (_, index) => ({
      method: "GET" as const,
      path: `/things/${index.toString()}/:id`,
      codes: [200, 400, 401, 403, 404, 409, 412, 422, 429, 500, 502, 503] as const,
      handlers: [
        (request, response) => {
          response.status(Number(request.query.code)).end();
        },
      ],
    })),
  });
}
