import type { Server } from "bun";
import { Problem } from "./problem.ts";

/** Bounds of an {@link EventStream}. */
export interface EventStreamOptions {
  /** Clients at most; the next is refused with 503. */
  readonly maxClients: number;
  /** Bytes that may wait for one client; what does not fit is skipped for that client. @default 64 KiB */
  readonly bufferBytes?: number;
  /** A client that took nothing for this long is closed. @default 15,000 */
  readonly stallMs?: number;
  /** A comment is sent this often when there is nothing else, so that no proxy closes the connection. @default 8,000 */
  readonly heartbeatMs?: number;
}

interface Client {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Bytes for which there was room when it was last looked at: more of it now, and the client has taken something. */
  room: number;
  takenAt: number;
  sentAt: number;
  /** Ends the connection though the client does not read; the kernel would hold some MB for it as long as it lives. */
  readonly hangUp: () => void;
}

/** A frame on its way to many clients. */
interface Round {
  readonly frame: Uint8Array;
  readonly events: number;
  /** Those who were there when it was sent, and how many of them have been looked at. */
  readonly clients: readonly Client[];
  done: number;
}

/** So many clients get a frame in one turn of the event loop, about 4 ms; then whoever else waits has a turn. */
const CLIENTS_A_TURN = 500;
/** Bun's shortest timeout. */
const HANG_UP_S = 1;
const HEARTBEAT = new TextEncoder().encode(": heartbeat\n\n");
const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // Proxies such as nginx would collect the events otherwise.
  "x-accel-buffering": "no",
};

/**
 * Server-sent events for many clients: each frame is encoded once and the same bytes go to everybody.
 * A client that does not keep up loses frames, never memory: its buffer is bounded, and it is closed when it has
 * taken nothing for a while. Format: WHATWG HTML, "Server-sent events".
 */
export class EventStream {
  readonly #clients = new Set<Client>();
  readonly #maxClients: number;
  readonly #bufferBytes: number;
  readonly #stallMs: number;
  readonly #heartbeatMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #dropped = 0;
  #round: Round | undefined;

  constructor(options: EventStreamOptions) {
    this.#maxClients = options.maxClients;
    this.#bufferBytes = options.bufferBytes ?? 64 * 1024;
    this.#stallMs = options.stallMs ?? 15_000;
    this.#heartbeatMs = options.heartbeatMs ?? 8_000;
  }

  /** Clients connected now. */
  get size(): number {
    return this.#clients.size;
  }

  /** Frames that were skipped because a client did not keep up. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Answers a request with the stream.
   *
   * @param server - Bun's server, whose idle timeout must not end the stream; `null` in tests without one
   * @param first - sent before anything else, such as `retry:` and a snapshot
   * @throws Problem 503 when there are too many clients
   */
  open(request: Request, server: Server<unknown> | null, first?: Uint8Array): Response {
    if (this.#clients.size >= this.#maxClients) {
      throw new Problem(
        503,
        "too-many-streams",
        "Too many streams",
        `${this.#clients.size} clients are connected, the most accepted (MAX_STREAMS)`,
        { headers: { "retry-after": "5" } },
      );
    }
    server?.timeout(request, 0);
    let client: Client | undefined;
    const leave = (): void => {
      if (client) this.#remove(client);
    };
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const now = performance.now();
          const hangUp = (): void => server?.timeout(request, HANG_UP_S);
          client = { controller, room: this.#bufferBytes, takenAt: now, sentAt: now, hangUp };
          this.#clients.add(client);
          controller.enqueue(first ?? HEARTBEAT);
          this.#timer ??= setInterval(() => this.#tend(), Math.min(1_000, this.#heartbeatMs));
        },
        cancel: leave,
      },
      { highWaterMark: this.#bufferBytes, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    request.signal.addEventListener("abort", leave, { once: true });
    return new Response(body, { headers: HEADERS });
  }

  /**
   * Sends a frame to every client that has room for it: to the first 500 at once, to the others in the next turns of
   * the event loop, or before the next frame.
   *
   * @param frame - whole events, encoded; the bytes must not change afterwards
   * @param events - how many events the frame holds, for {@link dropped}
   */
  send(frame: Uint8Array, events = 1): void {
    if (this.#round !== undefined) this.#sendRound(this.#round, Number.POSITIVE_INFINITY);
    if (this.#clients.size === 0) return;
    this.#round = { frame, events, clients: [...this.#clients], done: 0 };
    this.#sendTurn();
  }

  /** Ends every stream; clients that can, come back by themselves. */
  close(): void {
    if (this.#round !== undefined) this.#sendRound(this.#round, Number.POSITIVE_INFINITY);
    for (const client of [...this.#clients]) {
      this.#remove(client);
      try {
        client.controller.close();
      } catch {
        // It had gone already.
      }
    }
  }

  #sendTurn(): void {
    const round = this.#round;
    if (round === undefined) return;
    this.#sendRound(round, CLIENTS_A_TURN);
    if (this.#round === round) setImmediate(() => this.#round === round && this.#sendTurn());
  }

  /** Sends a frame to so many more of its clients. */
  #sendRound(round: Round, count: number): void {
    const { frame, events, clients } = round;
    const end = Math.min(clients.length, round.done + count);
    const now = performance.now();
    for (; round.done < end; round.done++) {
      const client = clients[round.done] as Client;
      if (this.#clients.has(client)) this.#sendTo(client, frame, now, events);
    }
    if (end === clients.length) this.#round = undefined;
  }

  #sendTo(client: Client, frame: Uint8Array, now: number, events: number): void {
    const room = this.#look(client, now);
    // An empty buffer takes any frame: otherwise one larger than the buffer could never be sent.
    if (room < frame.byteLength && room < this.#bufferBytes) {
      this.#dropped += events;
      return;
    }
    client.sentAt = now;
    client.room = room - frame.byteLength;
    try {
      client.controller.enqueue(frame);
    } catch {
      this.#remove(client);
    }
  }

  #tend(): void {
    const now = performance.now();
    for (const client of [...this.#clients]) {
      this.#look(client, now);
      if (now - client.takenAt >= this.#stallMs) {
        this.#remove(client);
        client.hangUp();
        client.controller.error(new Error("the client does not read"));
      } else if (now - client.sentAt >= this.#heartbeatMs) {
        this.#sendTo(client, HEARTBEAT, now, 0);
      }
    }
  }

  /** @returns bytes for which there is room; notes when the client took something, or has nothing to take */
  #look(client: Client, now: number): number {
    const room = client.controller.desiredSize ?? 0;
    if (room > client.room || room >= this.#bufferBytes) client.takenAt = now;
    client.room = room;
    return room;
  }

  #remove(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
