import { isAlive, type ProcessIdentity } from "./process-identity.ts";

/** The wish of somebody outside that this process stops. */
export interface StopRequest {
  /** Aborted as soon as somebody asked; nothing new is started then. */
  readonly signal: AbortSignal;
  /** Says why, once somebody asked. */
  readonly asked: Promise<string>;
  /** Resolves when somebody asked again: then everything is killed at once. */
  readonly hurry: Promise<void>;
}

/**
 * A Ctrl-C in a terminal arrives two or three times at once: from the terminal, and handed on by `bun run` and npx.
 * Only one that comes later is another one.
 */
const SAME_KEY_MS = 1_000;
const LOOK_EVERY_MS = 300;

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP, and for the end of the commands around this process: npx, when it is
 * stopped, tells nobody.
 */
export function listenForStop(wrappers: readonly ProcessIdentity[]): StopRequest {
  const controller = new AbortController();
  const asked = Promise.withResolvers<string>();
  const hurry = Promise.withResolvers<void>();
  let askedAt: number | undefined;
  const ask = (why: string): void => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      controller.abort();
      asked.resolve(why);
    } else if (performance.now() - askedAt > SAME_KEY_MS) hurry.resolve();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ask(signal));
  const timer = setInterval(() => {
    if (wrappers.every(isAlive)) return;
    clearInterval(timer);
    // Not in a hurry: npx goes away on the same Ctrl-C.
    if (askedAt === undefined) ask("the command around it is gone");
  }, LOOK_EVERY_MS);
  timer.unref();
  return { signal: controller.signal, asked: asked.promise, hurry: hurry.promise };
}
