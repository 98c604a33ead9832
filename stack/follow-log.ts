import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from "node:fs";

const PAUSE_MS = 200;
const LARGEST_LOG_BYTES = 50_000_000;
const LARGEST_PIECE_BYTES = 1_000_000;

/**
 * Hands on the lines that are added to a log from now on, and keeps it from growing for ever: what a process writes
 * goes straight to its file, so that it never waits for us and outlives us.
 *
 * @param onLine - gets each line; left out, the log is only kept small
 * @returns ends it, after the lines that are there
 */
export function followLog(file: string, onLine?: (line: string) => void): () => void {
  let position = sizeOf(file);
  let unfinished = "";
  const look = (): void => {
    const size = sizeOf(file);
    if (size < position) position = 0;
    while (onLine !== undefined && position < size) {
      const piece = read(file, position, Math.min(size - position, LARGEST_PIECE_BYTES));
      if (piece.length === 0) break;
      position += piece.length;
      const lines = (unfinished + piece.toString()).split("\n");
      unfinished = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    }
    if (size > LARGEST_LOG_BYTES) {
      copyFileSync(file, `${file}.1`);
      // The process writes with O_APPEND, so it goes on at the new end.
      truncateSync(file);
      position = 0;
    }
  };
  const timer = setInterval(look, PAUSE_MS);
  return () => {
    clearInterval(timer);
    look();
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function read(file: string, position: number, length: number): Buffer {
  const fd = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
  } finally {
    closeSync(fd);
  }
}
