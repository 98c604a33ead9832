/** What differs from broker to broker. */
export interface KafkaPlace {
  /** Kafka's log folder: its records, not its messages. */
  readonly logFolder: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Properties of the broker that replace those here, such as `message.max.bytes`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** The `server.properties` of a broker that is alone: its own controller, every internal topic with one replica. */
export function kafkaProperties(place: KafkaPlace): string {
  const listener = `PLAINTEXT://127.0.0.1:${place.port}`;
  const properties: Record<string, string> = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${place.controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    listeners: `${listener},CONTROLLER://127.0.0.1:${place.controllerPort}`,
    "advertised.listeners": listener,
    "log.dirs": place.logFolder,
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "3",
    "group.initial.rebalance.delay.ms": "0",
    // A broker that was killed has to wait this long for the session of its former self before it may register.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    // Kept for a week, but never more than 1 GiB a partition, cut in pieces that can be dropped.
    "log.retention.hours": "168",
    "log.retention.bytes": "1073741824",
    "log.segment.bytes": "268435456",
    // 128 MiB by default, taken from the heap at the start.
    "log.cleaner.dedupe.buffer.size": "16777216",
    ...place.properties,
  };
  return `${Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n")}\n`;
}
