import pino from "pino";
import pretty from "pino-pretty";

/** A logger; `pino`'s own interface, so that any of its habits work. */
export type Log = pino.Logger;

/** What a log needs to know. */
export interface LogOptions {
  /** Name of the service, in every line. */
  readonly service: string;
  readonly level: "debug" | "info" | "warn" | "error" | "silent";
  /** `text` for people, `json` (one object a line) for machines. */
  readonly format: "text" | "json";
}

/**
 * Makes the log of a service. Lines go to standard output at once, so that nothing is lost when the process dies.
 * `json` has `level` as a word, `time` in RFC 3339 and `msg`.
 */
export function createLog(options: LogOptions): Log {
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: { service: options.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: pino.stdSerializers.err },
  };
  if (options.format === "json") return pino(settings, pino.destination({ dest: 1, sync: true }));
  const stream = pretty({
    sync: true,
    destination: 1,
    colorize: process.stdout.isTTY,
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "service",
    messageFormat: "{msg}",
  });
  return pino(settings, stream);
}
