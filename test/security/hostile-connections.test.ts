import { expect, test } from "bun:test";
import type { Socket } from "node:net";
import { createPipeline } from "../harness/pipeline.ts";
import { openSocket, residentMb } from "../harness/raw-request.ts";
import { until } from "../harness/until.ts";

const MOST_GROWTH_MB = 250;

/** As many as the limit of open files allows, for both sides. */
async function connectionsPossible(wanted: number): Promise<number> {
  const limits = await Bun.file("/proc/self/limits").text();
  const hard = /Max open files\s+\d+\s+(\d+)/.exec(limits)?.[1];
  return Math.min(wanted, Math.max(500, Number(hard ?? 1_024) - 500));
}

async function openMany(url: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(200, count - sockets.length) }, () => openSocket(url));
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

test("10,000 connections that say nothing keep nobody from being served, cost little, and are closed", async () => {
  await using pipeline = await createPipeline();
  const service = await pipeline.start("producer", { RATE: "0" });
  const count = await connectionsPossible(10_000);
  await fetch(`${service.url}/livez`);
  const before = await residentMb(service.pid);
  const sockets = await openMany(service.url, count);
  let closed = 0;
  for (const socket of sockets) socket.on("close", () => closed++);
  try {
    for (let request = 0; request < 50; request++) expect((await fetch(`${service.url}/stats`)).status).toBe(200);
    expect((await residentMb(service.pid)) - before).toBeLessThan(MOST_GROWTH_MB);
    await until("the service closes them all", () => closed === count, 90_000);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  expect((await fetch(`${service.url}/stats`)).status).toBe(200);
}, 180_000);

test("500 requests that never end (slowloris) keep nobody from being served, and cost little", async () => {
  await using pipeline = await createPipeline();
  const service = await pipeline.start("consumer");
  const { host } = new URL(service.url);
  await fetch(`${service.url}/livez`);
  const before = await residentMb(service.pid);
  const sockets = await openMany(service.url, 500);
  try {
    for (const [index, socket] of sockets.entries()) {
      const half = index % 2 === 0 ? "GET /livez HTTP/1.1\r\nX-Half: " : `POST /dead-letters/t/0/0/replay HTTP/1.1\r\n`;
      const rest =
        index % 2 === 0 ? "" : `Host: ${host}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
      socket.write(half + rest);
    }
    for (let round = 0; round < 20; round++) {
      for (const socket of sockets) socket.write("x");
      expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    }
    expect((await residentMb(service.pid)) - before).toBeLessThan(MOST_GROWTH_MB);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  expect(await service.stop()).toBe(0);
}, 120_000);

test("more streams than MAX_STREAMS are refused, and a place that is left is given to the next", async () => {
  await using pipeline = await createPipeline();
  for (const [name, path] of [
    ["producer", "/real_time_response"],
    ["dashboard", "/events"],
  ] as const) {
    const service = await pipeline.start(name, { MAX_STREAMS: "5" });
    const leave = new AbortController();
    const open = (): Promise<Response> =>
      fetch(service.url + path, { signal: leave.signal, headers: { accept: "text/event-stream" } });
    // Held on to: the runtime ends the stream of an answer that nobody can read any more.
    const streams = await Promise.all(Array.from({ length: 5 }, open));
    const refused = await fetch(service.url + path);
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect([name, refused.status]).toEqual([name, 503]);
    expect(await refused.json()).toMatchObject({ code: "too-many-streams" });
    leave.abort();
    await until("a place is free", async () => {
      const again = new AbortController();
      const { status } = await fetch(service.url + path, { signal: again.signal });
      again.abort();
      return status === 200;
    });
  }
}, 120_000);
