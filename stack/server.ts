/** A process of the stack that was started and is ready. */
export interface Server extends AsyncDisposable {
  /** `kafka`, `mongo`, `mockoon`. */
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Its log, the newest lines last. */
  readonly logFile: string;
  /** Its exit code once it is gone, null when a signal ended it. Never rejects. */
  readonly exited: Promise<number | null>;
  /**
   * Asks it to stop, waits, and kills it when it takes too long. Fine to call again, and after it died.
   *
   * @param deadlineMs - what too long is. @default each server's own
   */
  stop(deadlineMs?: number): Promise<void>;
  /** Sends a signal (`SIGKILL`, `SIGSTOP` …) and does not wait. */
  kill(signal: NodeJS.Signals): void;
}

/** What all starters take beside their own options. */
export interface StartOptions {
  /** Gets the server as soon as its process exists, long before it is ready. */
  readonly onSpawn?: ((server: Server) => void) | undefined;
  /** Gives the start up: the process is stopped, and the start fails. */
  readonly signal?: AbortSignal | undefined;
}
