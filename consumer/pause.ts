const FIRST_MS = 50;
const LONGEST_MS = 1_500;

/** A pause that grows from try to try and is never the same for two consumers (half of it is chance). */
export function pauseMs(tries: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return longest / 2 + Math.random() * (longest / 2);
}
