/** Whatever rate and faults are drawn, the machine stays usable: the largest record is 16 MiB, one a second is enough. */
export const GENTLE: Readonly<Record<string, string>> = { MAX_RATE: "1" };
