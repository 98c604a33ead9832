import type { Progress } from "./progress.ts";
import type { Server, StartOptions } from "./server.ts";
import { messageOf, StackError } from "./stack-error.ts";

/** What to keep running. */
export interface Kept {
  readonly start: (options: StartOptions) => Promise<Server>;
  readonly progress: Progress;
  /** Gets each process as soon as it exists. */
  readonly onSpawn: (server: Server) => void;
  /** Once it is aborted nothing is started any more. */
  readonly signal: AbortSignal;
  /** Nothing more can be done: it can't be started with this environment. */
  readonly onHopeless: (error: StackError) => void;
  /** Resolves when somebody wants it to start anew, with what changed; asked again after each. @default never */
  readonly nextEdit?: () => Promise<void>;
  /** One that was ready for so long begins with the shortest pause: who kills it now and then means no loop. @default 2,000 */
  readonly stableAfterMs?: number;
}

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Starts a server, and again whenever it dies, with pauses that grow while it does not stay up. Each death is
 * reported, never hidden.
 *
 * @returns once it is ready for the first time
 * @throws StackError when that first start fails
 */
export async function keepRunning(kept: Kept): Promise<void> {
  const { signal, progress, onSpawn, stableAfterMs = 2_000 } = kept;
  const { nextEdit = () => Promise.withResolvers<void>().promise } = kept;
  let server = await kept.start({ signal, onSpawn });
  const watch = async (): Promise<void> => {
    let pauseMs = SHORTEST_PAUSE_MS;
    let since = performance.now();
    let edit = edited(nextEdit());
    for (;;) {
      await Promise.race([server.exited, edit.done]);
      if (edit.isDone) await server.stop();
      const exitCode = await server.exited;
      if (performance.now() - since > stableAfterMs) pauseMs = SHORTEST_PAUSE_MS;
      let reason = exitCode === null ? "was killed" : `exited with ${exitCode}`;
      for (;;) {
        if (signal.aborted) return;
        if (!edit.isDone) {
          progress(`${reason}, starting it again in ${pauseMs / 1000} s`);
          await Promise.race([Bun.sleep(pauseMs), edit.done]);
          pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
        }
        if (signal.aborted) return;
        if (edit.isDone) {
          progress("changed, starting it again");
          edit = edited(nextEdit());
        }
        try {
          server = await kept.start({ signal, onSpawn });
          since = performance.now();
          progress(`runs again (pid ${server.pid})`);
          break;
        } catch (error) {
          if (signal.aborted) return;
          if (error instanceof StackError && error.exitCode !== 1) return kept.onHopeless(error);
          reason = messageOf(error);
        }
      }
    }
  };
  void watch();
}

/** A wait that can be asked whether it is over. */
function edited(wait: Promise<void>): { readonly done: Promise<void>; readonly isDone: boolean } {
  const state = { isDone: false, done: wait };
  void wait.then(() => {
    state.isDone = true;
  });
  return state;
}
