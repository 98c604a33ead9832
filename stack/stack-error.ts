/** Exit code for a command line that is wrong (`EX_USAGE` of sysexits.h). */
export const EXIT_USAGE = 64;

/** Something the person at the terminal has to put right: the message says what was found, what is needed, what to do. */
export class StackError extends Error {
  override readonly name = "StackError";

  /** What the command that stops because of it exits with. */
  readonly exitCode: number;

  /** @param exitCode - see the property. @default 1 */
  constructor(message: string, exitCode = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
