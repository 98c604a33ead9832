import { createServer, type Server } from "node:net";

/**
 * Where ports are picked from: above the well-known ones and below those that Linux hands out to connections (32,768
 * and up). From among those, a port that is free now may be some client's a second later.
 */
const FIRST = 10_000;
const LAST = 32_767;

/**
 * A TCP port of 127.0.0.1 that nobody listens on. Somebody else may take it before it is used: for tests, where that
 * is rare, not for what must not fail.
 */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Several free ports, all different. */
export async function freePorts(count: number): Promise<number[]> {
  // All are held until the last one is known, so that none is found twice.
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    const server = await hold(port);
    if (server !== undefined) held.set(port, server);
  }
  await Promise.all([...held.values()].map((server) => new Promise((done) => server.close(done))));
  return [...held.keys()];
}

/** Listens on the port. @returns the listener, or `undefined` where another has it */
function hold(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
