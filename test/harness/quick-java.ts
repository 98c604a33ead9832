/** For each of two dozen short-lived brokers, and the tools beside them: a test ends before the second compiler pays. */
export const QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
