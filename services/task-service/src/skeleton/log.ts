import { type Logger, pino } from "pino";
import type { Settings } from "./settings.js";

/** Writes JSON lines to stdout, with the time in ISO 8601 and the level as a word. */
export function createLog(level: Settings["logLevel"]): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
