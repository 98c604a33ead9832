/**
 * Reads `/events` with many clients until its input ends. Arguments: URL, number of clients. Writes a line when all
 * are connected, and at the end ticks a second per client and KB per tick as JSON.
 */
const [url = "", clients = "1"] = process.argv.slice(2);
const stop = new AbortController();
let [ticks, bytes, connected] = [0, 0, 0];
let countedFrom = 0;

const reading = Array.from({ length: Number(clients) }, async () => {
  const answer = await fetch(`${url}/events`, { signal: stop.signal });
  if (++connected === Number(clients)) {
    [ticks, bytes, countedFrom] = [0, 0, performance.now()];
    process.stdout.write("connected\n");
  }
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    ticks += new TextDecoder().decode(chunk).split("event: tick").length - 1;
  }
});
const ended = Promise.allSettled(reading);
for await (const _ of Bun.stdin.stream()) {
  // Only its end means something.
}
const seconds = (performance.now() - countedFrom) / 1000;
stop.abort();
await ended;
process.stdout.write(
  JSON.stringify({ perSecond: ticks / Number(clients) / seconds, kbPerTick: bytes / 1000 / Math.max(1, ticks) }),
);
