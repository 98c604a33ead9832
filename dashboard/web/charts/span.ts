import { timeOfDay } from "../formats.ts";
import type { Frame } from "../frame.ts";

/** The span of time that a panel counts over, in words. */
export function spanOf({ from, to, countFrom, newest }: Frame): string {
  if (countFrom > from) return "since reset";
  if (to <= newest) return `${timeOfDay(from * 1000)} to ${timeOfDay((to - 1) * 1000)}`;
  const seconds = to - from;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
