import { connect, type Socket } from "node:net";

/** Python writes a blank after the colon. */
const STAMP = Buffer.from('"timestamp":');
const QUOTE = 0x22;

/** Clients of a live stream, as bare TCP connections, so that many of them fit into one process. */
export class StreamClients {
  readonly #sockets: Socket[] = [];
  #latenciesMs: number[] = [];
  #stamp = "";
  #stampMs = 0;

  /** Connections that are open. */
  get size(): number {
    return this.#sockets.length;
  }

  /** Time from each event's own timestamp to its arrival here since the last call, in ms. */
  takeLatencies(): number[] {
    const taken = this.#latenciesMs;
    this.#latenciesMs = [];
    return taken;
  }

  /** Opens so many more, a few at a time; each is open when its first bytes have come. */
  async open(url: URL, count: number, atOnce = 100): Promise<void> {
    for (let opened = 0; opened < count; opened += atOnce) {
      await Promise.all(Array.from({ length: Math.min(atOnce, count - opened) }, () => this.#one(url)));
    }
  }

  /** Opens so many that ask and never read. */
  async openSilent(url: URL, count: number): Promise<void> {
    for (let opened = 0; opened < count; opened++) {
      const socket = connect(Number(url.port), url.hostname);
      // One that is closed for not reading is reset.
      socket.on("error", () => undefined);
      socket.pause();
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      socket.write(request(url));
      this.#sockets.push(socket);
    }
  }

  /** One of them leaves. */
  leave(): void {
    this.#sockets.pop()?.destroy();
  }

  leaveAll(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }

  async #one(url: URL): Promise<void> {
    const socket = connect(Number(url.port), url.hostname);
    socket.setNoDelay(true);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("connect", () => socket.write(request(url)));
    socket.once("error", reject);
    socket.once("data", () => resolve());
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#sockets.push(socket);
    await promise;
  }

  #read(chunk: Buffer): void {
    const nowMs = performance.timeOrigin + performance.now();
    for (let at = chunk.indexOf(STAMP); at >= 0; at = chunk.indexOf(STAMP, at + STAMP.length)) {
      const begin = chunk.indexOf(QUOTE, at + STAMP.length) + 1;
      const end = chunk.indexOf(QUOTE, begin);
      // An event that is cut there by a packet's end is one sample less.
      if (begin === 0 || end < 0) return;
      this.#latenciesMs.push(nowMs - this.#msOf(chunk.toString("latin1", begin, end)));
    }
  }

  /** Everybody gets the same event, so the last time is nearly always the same one. */
  #msOf(stamp: string): number {
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#stampMs = Date.parse(stamp);
    }
    return this.#stampMs;
  }
}

const request = (url: URL): string =>
  `GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\naccept: text/event-stream\r\n\r\n`;
