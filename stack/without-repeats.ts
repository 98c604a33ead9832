/** The same message is shown again after this at the earliest. */
const QUIET_MS = 10_000;

/**
 * Lets a message through once, and then only every 10 s with how often it came meanwhile: a service that lost its
 * server would fill the terminal otherwise. All of them are in its log.
 *
 * @param show - gets what is let through
 * @param now - in milliseconds
 */
export function withoutRepeats(
  show: (line: string) => void,
  now: () => number = performance.now.bind(performance),
): (line: string) => void {
  const seen = new Map<string, { shownAt: number; hidden: number }>();
  return (line) => {
    // The time of day, in front, differs each time.
    const message = line.replace(/^\[[^\]]*\] /, "");
    const known = seen.get(message);
    if (known !== undefined && now() - known.shownAt < QUIET_MS) {
      known.hidden++;
      return;
    }
    // Messages with changing parts must not pile up for as long as the pipeline runs.
    if (seen.size > 200) seen.clear();
    seen.set(message, { shownAt: now(), hidden: 0 });
    show(known === undefined || known.hidden === 0 ? line : `${line} (${known.hidden + 1} times)`);
  };
}
