import { faker } from "@faker-js/faker/locale/en_US";
import { SOURCES } from "#contract/sources.ts";
import { EventStream } from "#runtime/event-stream.ts";
import { Catalogue } from "../../producer/catalogue.ts";
import { Generator } from "../../producer/generator.ts";

const PAGE = new URL("./original/", import.meta.url).pathname;
const DIFFERENT = 2_000;
const TURN_MS = 10;

/** The original's way, served: a page, and a stream with an event per transaction for each source. */
export interface OriginalServer extends AsyncDisposable {
  readonly url: string;
  /** Bytes of the page's JavaScript, gzip. */
  readonly scriptBytes: number;
}

/** @param perSecond - of both sources together */
export async function serveOriginal(perSecond: number): Promise<OriginalServer> {
  const built = await Bun.build({ entrypoints: [`${PAGE}page.ts`], target: "browser", minify: true });
  const script = await built.outputs[0]?.arrayBuffer();
  if (script === undefined) throw new Error("the original's page can't be bundled");
  const streams = new Map(SOURCES.map(({ id }) => [`/${id}`, new EventStream({ maxClients: 4 })]));
  const frames = preparedFrames();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self) => {
      const { pathname } = new URL(request.url);
      const stream = streams.get(pathname);
      if (stream !== undefined) return stream.open(request, self);
      if (pathname === "/page.js") return new Response(script, { headers: { "content-type": "text/javascript" } });
      return new Response(Bun.file(`${PAGE}index.html`));
    },
  });
  const begunAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begunAt) / 1000) * perSecond);
    for (; sent < due; sent++)
      [...streams.values()][sent % streams.size]?.send(frames[sent % frames.length] ?? new Uint8Array());
  }, TURN_MS);
  return {
    url: server.url.href,
    scriptBytes: Bun.gzipSync(new Uint8Array(script), { level: 9 }).byteLength,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      for (const stream of streams.values()) stream.close();
      await server.stop(true);
    },
  };
}

function preparedFrames(): Uint8Array[] {
  const generator = new Generator(1, new Catalogue(1, faker));
  const encoder = new TextEncoder();
  const timestamp = new Date().toISOString();
  return Array.from({ length: DIFFERENT }, (_, index) =>
    encoder.encode(`data: ${generator.make(index, timestamp).json}\n\n`),
  );
}
