/** Steps of the slider. */
export const STEPS = 100;

/** The rate at a step of the slider: nothing at 0, then from 1 to the most, each step as many times the one before. */
export function rateAt(step: number, most: number): number {
  if (step <= 0) return 0;
  const exact = most ** ((step - 1) / (STEPS - 1));
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1);
  return Math.min(most, Math.round(exact / digits) * digits);
}

/** The step of the slider that is nearest to a rate. */
export function stepOf(rate: number, most: number): number {
  if (rate <= 0) return 0;
  return Math.min(STEPS, Math.max(1, Math.round(1 + (Math.log(rate) / Math.log(most)) * (STEPS - 1))));
}
