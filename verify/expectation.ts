import { REASONS, type Reason } from "#contract/reasons.ts";
import { expectedOfPeriods } from "#source/expected.ts";
import type { ExpectedRun, UnknownRun } from "./expected-run.ts";
import type { Check } from "./reconcile.ts";

/** What was found of one topic. */
export interface Found {
  readonly records: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  /** Dead letters by their reason, counted in MongoDB. */
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
}

/**
 * Holds what was found of a source's topic against what its seed predicts; pure. The topic must hold this run alone.
 *
 * @param run - what the source says before the counting, or what somebody asked for
 * @param after - what the source says after the counting; `undefined` when nobody asked
 */
export function expectationCheck(run: ExpectedRun | UnknownRun, after: unknown, found: Found): Check {
  if ("reason" in run) {
    const name = `${run.title}'s records are the predicted ones`;
    if (found.records === 0) return { name, ok: true, detail: "there are none, and it does not answer" };
    const detail = `not known: it does not answer (${run.reason}); give --seed and --count, and --faults if there were any`;
    return { name, ok: false, detail };
  }
  const { title, seed, count, periods } = run;
  const name = `${title}'s ${count} transactions of seed ${seed} are where they were predicted`;
  const obstacle = obstacleOf(run, after);
  if (obstacle !== undefined) return { name, ok: false, detail: obstacle };
  const expected = expectedOfPeriods(seed, periods, count);
  const wrong: string[] = [];
  const hold = (what: string, predicted: number, is: number, more = 0): void => {
    if (is >= predicted && is <= predicted + more) return;
    wrong.push(`${what}: predicted ${predicted}${more > 0 ? ` to ${predicted + more}` : ""}, found ${is}`);
  };
  hold("records", expected.records, found.records, run.resent);
  hold("stored", expected.stored, found.stored);
  hold("duplicates", expected.duplicates, found.duplicates, run.resent);
  hold("dead letters", expected.deadLettered, found.deadLettered, run.resent);
  for (const reason of Object.keys(REASONS) as Reason[])
    hold(`dead letters with ${reason}`, expected.reasons[reason] ?? 0, found.reasons[reason] ?? 0, run.resent);
  const { records, stored, duplicates, deadLettered } = expected;
  const all = `${records} records: ${stored} stored, ${duplicates} duplicates, ${deadLettered} dead letters, each with its reason`;
  return { name, ok: wrong.length === 0, detail: wrong.length === 0 ? all : wrong.join("; ") };
}

/** Why nothing can be predicted. */
function obstacleOf(run: ExpectedRun, after: unknown): string | undefined {
  const faulty = run.periods.some(({ shares }) => Object.values(shares).some((share) => share > 0));
  if (faulty && run.onRequest > 0)
    return `not predictable: ${run.onRequest} were sent on request, which get no fault, and nobody can tell which they are`;
  if (run.failed > 0) return `not predictable: ${run.failed} records were given up`;
  const later = after as ExpectedRun | undefined;
  if (run.pending > 0 || (later?.count ?? run.count) !== run.count)
    return "not predictable while it goes on: pause it first (PUT /rate with perSecond 0)";
  return undefined;
}
