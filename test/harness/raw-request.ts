import { connect, type Socket } from "node:net";

/** Opens a TCP connection to a service. Errors of a connection that the service ends are expected. */
export function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: hostname, port: Number(port) });
  socket.once("connect", () => resolve(socket));
  socket.once("error", reject);
  socket.on("error", () => undefined);
  return promise;
}

/**
 * Sends bytes as they are, without a client that would clean them up.
 *
 * @returns the status of the answer, or 0 when the connection was ended without one
 */
export async function rawStatus(url: string, request: string, deadlineMs = 15_000): Promise<number> {
  const socket = await openSocket(url);
  const { promise, resolve } = Promise.withResolvers<number>();
  let answer = "";
  const timer = setTimeout(() => resolve(0), deadlineMs);
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
    const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
    if (status !== undefined) resolve(Number(status));
  });
  socket.on("close", () => resolve(0));
  socket.write(request);
  const status = await promise;
  clearTimeout(timer);
  socket.destroy();
  return status;
}

/** Resident memory of a process in MB. Linux only. */
export async function residentMb(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
