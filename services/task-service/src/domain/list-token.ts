import { z } from "zod";
import { cut, Problem } from "../skeleton/problem.js";
import type { TaskListing } from "./task-store.js";

const tokenSchema = z
  .object({
    start: z.int().min(0),
    end: z.int(),
    startAt: z.int(),
    taskId: z.string().min(1).max(64),
  })
  .refine(({ start, end, startAt }) => start <= startAt && startAt <= end);

/** The part of a listing that a token carries: its range, and where the next page starts. */
export type ListToken = z.infer<typeof tokenSchema>;

/**
 * The opaque text of a token. It carries the range too, so that a listing whose start is "today"
 * can be followed past midnight.
 */
export function encodeToken({ start, end }: TaskListing, next: TaskListing["after"]): string {
  return Buffer.from(JSON.stringify({ start, end, ...next })).toString("base64url");
}

/** @throws Problem 400 when the text is no token of ours */
export function decodeToken(text: string): ListToken {
  try {
    return tokenSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
  } catch {
    throw new Problem(
      400,
      `nextToken must be the Next-Token header of an earlier answer, unchanged; got "${cut(text)}".`,
    );
  }
}
