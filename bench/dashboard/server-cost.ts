import { connect, type Socket } from "node:net";
import { startDashboardPipeline } from "../../test/browser/dashboard-pipeline.ts";
import { endWithUs } from "../../test/harness/end-with-us.ts";
import { usageOf } from "../process-usage.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { type Measured, runRounds, spreadOf } from "../rounds.ts";
import { startFedDashboard } from "./fed-dashboard.ts";

const CLIENTS = 200;
const STALLED = 40;
const PER_SECOND = 1_000;
const MEASURE_MS = 10_000;
const HISTORIES = 12;
/** Longer than the server keeps the bytes of a history. */
const BETWEEN_HISTORIES_MS = 600;
const READER = new URL("read-streams.ts", import.meta.url).pathname;
const ROW = `**ours**, ${PER_SECOND.toLocaleString("en-US")} tx/s`;

/** What do 200 browsers cost the dashboard's server, and clients that do not read? */
export const serverCost: Question = { name: "dashboard-server", ask };

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  await using pipeline = await startDashboardPipeline();
  const run = async (): Promise<Record<string, number>> => {
    await using dashboard = await startFedDashboard(pipeline, PER_SECOND);
    const { url, pid } = dashboard.service;
    const history = await historyMs(url);
    const alone = await costOf(pid);
    const reading = await withReaders(url, () => costOf(pid));
    return { ...history, ...prefixed("without clients", alone), ...reading, ...(await stalled(url, pid)) };
  };
  const measured = await runRounds([{ name: ROW, run }], rounds, onProgress);
  return {
    name: serverCost.name,
    question: "What do 200 browsers cost the dashboard's server?",
    how: `The real server with 15 minutes of history at ${PER_SECOND.toLocaleString("en-US")} tx/s; ${CLIENTS} clients in another process read \`/events\` for ${MEASURE_MS / 1000} s. Then ${STALLED} clients that connect and never read: the server's growth of memory, each. The history is asked for by a fresh connection each time, when the server has to make it anew.`,
    measured,
    verdicts: verdictsOf(measured),
  };
}

async function historyMs(url: string): Promise<Record<string, number>> {
  const times: number[] = [];
  let bytes = 0;
  for (let index = 0; index < HISTORIES; index++) {
    await Bun.sleep(BETWEEN_HISTORIES_MS);
    const startedAt = performance.now();
    const answer = await fetch(`${url}/api/history?range=900`, { keepalive: false });
    bytes = (await answer.bytes()).byteLength;
    times.push(performance.now() - startedAt);
  }
  return { "15 min of history ms": spreadOf(times).median, "its KB": bytes / 1000 };
}

async function costOf(pid: number): Promise<Record<string, number>> {
  const before = usageOf(pid);
  const startedAt = performance.now();
  await Bun.sleep(MEASURE_MS);
  const after = usageOf(pid);
  const seconds = (performance.now() - startedAt) / 1000;
  return { "CPU % of a core": ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100, "memory MB": after.residentMb };
}

async function withReaders(
  url: string,
  measure: () => Promise<Record<string, number>>,
): Promise<Record<string, number>> {
  const child = endWithUs(
    Bun.spawn([process.execPath, READER, url, String(CLIENTS)], { stdin: "pipe", stdout: "pipe" }),
  );
  const reader = child.stdout.getReader();
  // It says so when all are connected.
  await reader.read();
  await Bun.sleep(2_000);
  const cost = await measure();
  child.stdin.end();
  let report = "";
  for (let part = await reader.read(); !part.done; part = await reader.read())
    report += new TextDecoder().decode(part.value);
  await child.exited;
  const { perSecond, kbPerTick } = JSON.parse(report) as { perSecond: number; kbPerTick: number };
  return { ...prefixed(`${CLIENTS} clients`, cost), "ticks a second each": perSecond, "KB a tick": kbPerTick };
}

async function stalled(url: string, pid: number): Promise<Record<string, number>> {
  await Bun.sleep(2_000);
  const before = usageOf(pid);
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  for (let index = 0; index < STALLED; index++) {
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.on("error", () => undefined);
    socket.write(`GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    sockets.push(socket);
  }
  let largest = before.residentMb;
  const end = performance.now() + MEASURE_MS;
  while (performance.now() < end) {
    await Bun.sleep(500);
    largest = Math.max(largest, usageOf(pid).residentMb);
  }
  for (const socket of sockets) socket.destroy();
  return { "stalled client, MB each": (largest - before.residentMb) / STALLED };
}

function prefixed(prefix: string, figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}: ${name}`, value]));
}

function verdictsOf([row]: readonly Measured[]): string[] {
  const of = (figure: string): string => (row?.figures[figure]?.median ?? Number.NaN).toFixed(1);
  return [
    `${CLIENTS} browsers take ${of(`${CLIENTS} clients: CPU % of a core`)} % of a core and ${of(`${CLIENTS} clients: memory MB`)} MB in all, without any ${of("without clients: CPU % of a core")} % and ${of("without clients: memory MB")} MB`,
    `15 minutes of history come in ${of("15 min of history ms")} ms`,
    `a client that does not read costs ${of("stalled client, MB each")} MB`,
  ];
}
