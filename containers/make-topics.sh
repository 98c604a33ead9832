#!/bin/bash
# Makes the topics before any service starts (those that exist stay as they are), and with compose.secure.yml the user.
set -euo pipefail
# A tool of Kafka's lives for two seconds: it is over before the second compiler and its collector's threads pay.
export KAFKA_JVM_PERFORMANCE_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# A tool that starts before the broker complains once a second until it is there.
for ((tries = 0; tries < 600; tries++)); do
  if (</dev/tcp/"${BOOTSTRAP%%:*}"/"${BOOTSTRAP##*:}") 2>/dev/null; then break; fi
  sleep 0.2
done
if [ -n "${SASL_PASSWORD_FILE-}" ]; then
  /opt/kafka/bin/kafka-configs.sh --bootstrap-server "$BOOTSTRAP" --alter --entity-type users --entity-name pipeline \
    --add-config "SCRAM-SHA-512=[password=$(cat "$SASL_PASSWORD_FILE")]"
fi
for topic in $TOPICS; do
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server "$BOOTSTRAP" --create --if-not-exists \
    --topic "$topic" --partitions "$PARTITIONS" --replication-factor "$REPLICATION"
done
