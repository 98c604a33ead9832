/** What lives in a process of its own. */
interface Living {
  readonly exited: Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
}

const alive = new Set<Living>();

/** Servers and services would outlive a test process that somebody ends by a signal. */
export function endWithUs<T extends Living>(started: T): T {
  alive.add(started);
  void started.exited.then(() => alive.delete(started));
  return started;
}

// A command that ends by `process.exit` disposes of nothing.
process.once("exit", () => {
  for (const started of alive) started.kill("SIGKILL");
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    for (const started of alive) started.kill("SIGKILL");
    process.kill(process.pid, signal);
  });
}
