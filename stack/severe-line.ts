/**
 * Picks out of a service's log what the person at the terminal should see at once: warnings and errors, in one line
 * each, in either format of the log.
 *
 * @returns undefined for everything else
 */
export function severeLine(line: string): string | undefined {
  if (!line.startsWith("{")) return /^(\[[^\]]*\] )?(WARN|ERROR|FATAL)\b/.test(line) ? line : undefined;
  try {
    const { level, msg, err } = JSON.parse(line) as Record<string, unknown>;
    if (level !== "warn" && level !== "error" && level !== "fatal") return undefined;
    const reason = typeof err === "object" && err !== null && "message" in err ? `: ${err.message}` : "";
    return `${level.toUpperCase()}: ${msg}${reason}`;
  } catch {
    return undefined;
  }
}
