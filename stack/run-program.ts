/** How a program ended. */
export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** stdout and stderr, in the order in which they came. */
  readonly output: string;
}

/** How {@link runProgram} runs it. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gets each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end.
 *
 * @returns undefined when there is no such program
 */
export async function runProgram(
  command: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult | undefined> {
  const child = spawnUnlessMissing(command, options);
  if (child === undefined) return undefined;
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true });
      output += text;
      options.onOutput?.(text);
    }
  };
  await Promise.all([collect(child.stdout), collect(child.stderr), child.exited]);
  return { exitCode: child.exitCode, output };
}

function spawnUnlessMissing(
  command: readonly string[],
  options: ProgramOptions,
): Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined {
  try {
    return Bun.spawn([...command], {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      ...(options.signal !== undefined && { signal: options.signal }),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "EACCES")
      return undefined;
    throw error;
  }
}

/** The last lines of a program's output, indented, for an error message. */
export function lastLines(output: string, count = 15): string {
  const lines = output.trimEnd().split("\n");
  return lines
    .slice(-count)
    .map((line) => `  ${line}`)
    .join("\n");
}
