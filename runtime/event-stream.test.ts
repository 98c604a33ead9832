import { afterEach, expect, test } from "bun:test";
import { EventStream, type EventStreamOptions } from "./event-stream.ts";
import { Problem } from "./problem.ts";

/** Waits for a condition; the runtime's tests stand without the harness. */
async function until(what: string, condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`not within 10 s: ${what}`);
    await Bun.sleep(5);
  }
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function serve(options: EventStreamOptions): {
  url: string;
  port: number;
  stream: EventStream;
  /** Requests that the server has not done with, streams among them. */
  openRequests: () => number;
} {
  const stream = new EventStream(options);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 1,
    fetch: (request, bun) => {
      try {
        return stream.open(request, bun);
      } catch (error) {
        if (error instanceof Problem) return error.toResponse();
        throw error;
      }
    },
  });
  open.push(() => {
    stream.close();
    void server.stop(true);
  });
  return { url: server.url.href, port: server.port ?? 0, stream, openRequests: () => server.pendingRequests };
}

/** A client that asks and never reads what comes. */
async function silentClient(port: number): Promise<void> {
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { open: (opened) => void opened.pause(), data: () => undefined },
  });
  open.push(() => socket.terminate());
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
}

const frame = (text: string): Uint8Array => new TextEncoder().encode(`data: ${text}\n\n`);

test("everybody gets the same frames in their order", async () => {
  const { url, stream } = serve({ maxClients: 10 });
  const texts: string[] = ["", "", ""];
  for (const index of texts.keys()) {
    const { body } = await fetch(url);
    void (async () => {
      for await (const chunk of body ?? []) texts[index] += new TextDecoder().decode(chunk);
    })().catch(() => undefined);
  }
  await until("three clients", () => stream.size === 3);
  for (let number = 0; number < 100; number++) stream.send(frame(String(number)));
  const expected = Array.from({ length: 100 }, (_, number) => `data: ${number}\n\n`).join("");
  await until("all frames came", () => texts.every((text) => text.endsWith(expected)));
  expect(stream.dropped).toBe(0);
});

test("a frame for thousands lets others have a turn in between; each gets its frames in order, and none from before it came", async () => {
  const stream = new EventStream({ maxClients: 2_000 });
  open.push(() => stream.close());
  const texts: string[] = [];
  const connect = (): void => {
    const index = texts.push("") - 1;
    const { body } = stream.open(new Request("http://localhost/"), null);
    void (async () => {
      for await (const chunk of body ?? []) texts[index] += new TextDecoder().decode(chunk);
    })().catch(() => undefined);
  };
  for (let count = 0; count < 1_200; count++) connect();
  const withoutFrame = (): number => texts.filter((text) => !text.includes("data: 0\n")).length;

  stream.send(frame("0"));
  connect();
  const counts: number[] = [];
  while (counts.at(-1) !== 1) {
    await new Promise((resolve) => setImmediate(resolve));
    counts.push(withoutFrame());
    expect(counts.length).toBeLessThan(1_000);
  }
  expect(counts.some((count) => count > 1 && count < 1_201)).toBe(true);
  expect(texts.at(-1)).not.toContain("data: 0\n");

  for (let number = 1; number < 10; number++) stream.send(frame(String(number)));
  const expected = Array.from({ length: 9 }, (_, number) => `data: ${number + 1}\n\n`).join("");
  await until("all frames came", () => texts.every((text) => text.endsWith(expected)));
  expect(stream.dropped).toBe(0);
});

test("a client that leaves is forgotten within 50 ms", async () => {
  const { url, stream } = serve({ maxClients: 10 });
  const leave = new AbortController();
  await fetch(url, { signal: leave.signal });
  await until("the client is there", () => stream.size === 1);
  const leftMs = performance.now();
  leave.abort();
  await until("the client is gone", () => stream.size === 0);
  expect(performance.now() - leftMs).toBeLessThan(50);
});

test("one client more than accepted is refused with a problem, and room is made by one that leaves", async () => {
  const { url, stream } = serve({ maxClients: 1 });
  const leave = new AbortController();
  await fetch(url, { signal: leave.signal });
  const refused = await fetch(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).not.toBeNull();
  expect(await refused.json()).toMatchObject({ code: "too-many-streams" });
  leave.abort();
  await until("there is room", () => stream.size === 0);
  expect((await fetch(url)).status).toBe(200);
});

test("a client that never reads loses events, costs a bounded buffer, and is closed in the end", async () => {
  const { port, stream } = serve({ maxClients: 10, bufferBytes: 64 * 1024, stallMs: 300 });
  await silentClient(port);
  await until("the client is there", () => stream.size === 1);
  const large = frame("x".repeat(32 * 1024));
  await until("events are dropped", () => {
    for (let count = 0; count < 20; count++) stream.send(large, 7);
    return stream.dropped > 0;
  });
  expect(stream.dropped % 7).toBe(0);
  await until("it is closed", () => {
    stream.send(large, 7);
    return stream.size === 0;
  });
});

test("a client that never reads is closed also while what is left of its buffer has room for heartbeats", async () => {
  const { port, stream, openRequests } = serve({
    ...{ maxClients: 10, bufferBytes: 64 * 1024 },
    ...{ stallMs: 300, heartbeatMs: 20 },
  });
  await silentClient(port);
  await until("the client is there", () => stream.size === 1);
  const large = frame("x".repeat(40 * 1024));
  // The kernel takes some MB for a client before the buffer fills.
  let refusedInARow = 0;
  await until("there is no room for another one, and none comes", () => {
    const before = stream.dropped;
    stream.send(large);
    refusedInARow = stream.dropped > before ? refusedInARow + 1 : 0;
    return refusedInARow > 20;
  });
  await until("it is forgotten", () => stream.size === 0);
  await until("its connection is given up", () => openRequests() === 0);
}, 30_000);

test("a quiet stream is kept open by heartbeats, longer than the server's idle timeout", async () => {
  const { url, stream } = serve({ maxClients: 10, heartbeatMs: 100 });
  const { body } = await fetch(url);
  let heartbeats = 0;
  for await (const chunk of body ?? []) {
    heartbeats += new TextDecoder().decode(chunk).split(": heartbeat\n\n").length - 1;
    // The idle timeout is 1 s here, so this many come only over a connection that outlived it.
    if (heartbeats > 15) break;
  }
  await until("leaving the loop left the stream", () => stream.size === 0);
});
