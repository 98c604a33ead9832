import type { AnyElysia } from "elysia";
import { Counter, Gauge } from "prom-client";
import { EVENT_TYPE, eventSourceOf } from "#contract/cloud-event.ts";
import { FAULT_KINDS, type FaultKind } from "#contract/reasons.ts";
import type { Source } from "#contract/sources.ts";
import type { Config } from "#runtime/config.ts";
import { EventStream } from "#runtime/event-stream.ts";
import { createHttp } from "#runtime/http.ts";
import { createKafka } from "#runtime/kafka-client.ts";
import { loggedReadiness } from "#runtime/logged-readiness.ts";
import { Pacer } from "#runtime/pacer.ts";
import { type Outcome, Publisher } from "#runtime/publisher.ts";
import { Coalescer } from "#runtime/publisher-coalescer.ts";
import { PublisherCounts } from "#runtime/publisher-counts.ts";
import { PublisherWatch } from "#runtime/publisher-watch.ts";
import { Relay } from "#runtime/relay.ts";
import { retryForever } from "#runtime/retry.ts";
import type { Ground } from "#runtime/service.ts";
import { addControlRoutes } from "./control-routes.ts";
import { eventFrame } from "./event-frame.ts";
import { NO_FAULTS } from "./fault-draw.ts";
import { FaultyRecords } from "./faulty-records.ts";
import { RateMeter } from "./rate-meter.ts";
import { drawSeed } from "./seeded-random.ts";
import type { SourceVariables } from "./source-variables.ts";
import type { TransactionRecord } from "./transaction-record.ts";
import { addTransactionRoutes } from "./transaction-routes.ts";
import type { Outlet, TransactionSource } from "./transaction-source.ts";

/** What makes one source different from another. */
export interface SourceAppOptions {
  readonly about: Source;
  /** What the service is, for its documentation. */
  readonly description: string;
  readonly config: Config<SourceVariables>;
  readonly ground: Ground;
  readonly create: (outlet: Outlet, seed: number) => TransactionSource;
  /** For the documentation: answers besides those of every source when one is asked for, by their status. */
  readonly problems?: Readonly<Record<number, string>>;
}

/** Everything that all sources have: pace, faults, delivery, the live stream and the routes. */
export function createSourceApp(options: SourceAppOptions): AnyElysia {
  const { about, config, ground } = options;
  const topic = config[about.topicVariable] as string;
  const { log, readiness, metrics } = ground;
  const seed = config.SEED ?? drawSeed();
  const faults = new FaultyRecords(seed, config.FAULTS ?? NO_FAULTS);
  const counts = new PublisherCounts(metrics);
  const meter = new RateMeter();
  const stream = new EventStream({ maxClients: config.MAX_STREAMS });
  const faultsSent: Record<FaultKind, number> = { duplicate: 0, late: 0, malformed: 0, conflict: 0, oversize: 0 };

  const onArrived = (records: readonly TransactionRecord[], outcomes: readonly Outcome[]): void => {
    let arrived = 0;
    for (const [index, { fault }] of records.entries()) {
      if (outcomes[index] === "too-large") continue;
      arrived++;
      if (fault !== undefined) faultsSent[fault]++;
    }
    meter.count(arrived);
    const frame = stream.size === 0 ? undefined : eventFrame(records, outcomes);
    if (frame) stream.send(frame.bytes, frame.events);
  };

  // kafkajs tells every try; what there is to know, the readiness of the part says once.
  const kafka = createKafka(config, about.service, log.level === "debug" ? log : log.child({}, { level: "error" }));
  const kafkaPart = loggedReadiness(readiness.part("kafka"), "Kafka", log);
  const pacePart = readiness.part("pace");
  pacePart.ok();
  const publisher = new Publisher(kafka, topic, { source: eventSourceOf(about.id), type: EVENT_TYPE });
  const watch = new PublisherWatch(kafka, topic, kafkaPart);
  const coalescer = new Coalescer<TransactionRecord>({ publisher, counts, onArrived });
  const relay = new Relay<TransactionRecord>({
    publisher,
    counts,
    kafka: kafkaPart,
    log,
    tracing: ground.tracing,
    onArrived,
    onFree: () => pacer.poke(),
  });
  const outlet: Outlet = {
    get free() {
      return relay.free;
    },
    send: (made) => {
      const records: TransactionRecord[] = [];
      for (const transaction of made) faults.addTo(records, transaction);
      relay.carry(records);
    },
    madeMore: (count) => pacer.madeMore(count),
    poke: () => pacer.poke(),
  };
  const source = options.create(outlet, seed);
  /** Whether it was Kafka that could not take the last transactions that were not made in time. */
  let isKafkaFull = false;
  const pacer: Pacer = new Pacer({
    rate: { profile: "constant", perSecond: config.RATE },
    make: (count) => {
      const given = source.give(count);
      if (given < count) isKafkaFull = relay.free === 0;
      return given;
    },
    onBehind: (behind) => {
      // An API that answers more slowly than it is asked is no outage: `/stats` says it. Lanes that are full are Kafka's.
      if (behind && isKafkaFull)
        pacePart.fail(`${pacer.askedPerSecond} per second are asked for, that is more than Kafka takes`);
      else pacePart.ok();
    },
  });

  const stats = (): Record<string, unknown> => ({
    source: about.id,
    seed,
    acknowledged: counts.acknowledged,
    failed: counts.failed,
    pending: counts.pending,
    perSecond: pacer.askedPerSecond,
    faults: faultsSent,
    faultPeriods: faults.periods,
    streams: stream.size,
    eventsDropped: stream.dropped,
    measuredPerSecond: meter.perSecond,
    behind: pacer.behind,
    forgotten: pacer.forgotten,
    resent: counts.resent,
    topic,
    ...source.stats(),
  });
  addMetrics(ground, { stream, pacer, meter, faultsSent });

  ground.onStop("kafka", async () => {
    await watch.stop();
    await publisher.stop();
  });
  ground.onStop("streams", () => stream.close());
  ground.onStop("what is under way", async () => {
    await Promise.all([relay.stop(5_000), coalescer.stop(5_000)]);
  });
  const starting = new AbortController();
  ground.onStop("source", async () => {
    starting.abort();
    pacer.stop();
    await source.stop();
  });
  const begin = async (): Promise<void> => {
    await source.start();
    // Connecting may take longer than a slow rate's lanes can bridge, and no rate is owed before.
    await retryForever(() => publisher.connect(), { signal: starting.signal, longestPauseMs: 1_000 });
    pacer.start();
  };
  // What takes long is for after the first answer.
  setImmediate(() => {
    watch.start();
    begin().catch((error: unknown) => {
      if (starting.signal.aborted) return;
      log.fatal({ err: error }, "the source can't start");
      process.exitCode = 1;
      process.kill(process.pid, "SIGTERM");
    });
  });

  return createHttp({
    title: `${about.title} source`,
    description: options.description,
    ...ground,
    ...ground.guard,
    routes: (app, guard) => {
      addTransactionRoutes(app, { ...ground, ...options, source, coalescer, stream, guard });
      const maxPerSecond = Math.max(config.MAX_RATE, config.RATE);
      return addControlRoutes(app, { source, pacer, faults, seed, maxPerSecond, stats });
    },
  });
}

interface Measured {
  readonly stream: EventStream;
  readonly pacer: Pacer;
  readonly meter: RateMeter;
  readonly faultsSent: Readonly<Record<FaultKind, number>>;
}

function addMetrics({ metrics }: Ground, { stream, pacer, meter, faultsSent }: Measured): void {
  const registers = [metrics];
  const gauge = (name: string, help: string, value: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(value()) });
  };
  gauge("streams", "Clients of the live stream", () => stream.size);
  gauge("asked_rate", "Transactions per second asked for", () => pacer.askedPerSecond);
  gauge("present_rate", "Records acknowledged per second, of the last 5 s", () => meter.perSecond);
  const dropped: Counter = new Counter({
    name: "events_dropped_total",
    help: "Events that a client of the live stream was too slow for",
    registers,
    collect: () => {
      dropped.reset();
      dropped.inc(stream.dropped);
    },
  });
  const faults: Counter<"kind"> = new Counter({
    name: "faults_total",
    help: "Acknowledged records that are wrong on purpose",
    labelNames: ["kind"],
    registers,
    collect: () => {
      faults.reset();
      for (const kind of FAULT_KINDS) faults.inc({ kind }, faultsSent[kind]);
    },
  });
}
