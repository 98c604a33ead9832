import { isAlive, type ProcessIdentity } from "./process-identity.ts";

/** Why a run stops that nobody asked to. */
export const WRAPPER_GONE = "the command around it is gone";

/** The wish of somebody outside that this process stops. */
export interface StopRequest {
  /** Resolves once somebody asked, with a signal's name or {@link WRAPPER_GONE}. */
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
  const asked = Promise.withResolvers<string>();
  const hurry = Promise.withResolvers<void>();
  let askedAt: number | undefined;
  const ask = (why: string): void => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      asked.resolve(why);
    } else if (performance.now() - askedAt > SAME_KEY_MS) hurry.resolve();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ask(signal));
  const timer = setInterval(() => {
    if (wrappers.every(isAlive)) return;
    clearInterval(timer);
    // Not in a hurry: npx goes away on the same Ctrl-C.
    if (askedAt === undefined) ask(WRAPPER_GONE);
  }, LOOK_EVERY_MS);
  timer.unref();
  return { asked: asked.promise, hurry: hurry.promise };
}
