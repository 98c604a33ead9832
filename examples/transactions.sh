#!/usr/bin/env bash
# Sends records to a topic of the pipeline and reads one of a source's, with kcat.
# KAFKA_BROKER and TOPIC say where. Prints the ids that it sent, a line each, then the headers of an event that it read.
set -euo pipefail
broker=${KAFKA_BROKER:-localhost:9092}
topic=${TOPIC:-transactions-topic}

transaction() { # id status
  printf '{"transaction_id":"%s","timestamp":"%s","customer_id":4711,"product_details":[{"product_id":"PROD-100","product_name":"Chair","quantity":2,"price":"12.50"}],"total_amount":25,"currency":"USD","payment_method":"PayPal","shipping_address":{"street":"1 Main St","city":"Reno","state":"NV","zip_code":"89501","country":"USA"},"status":"%s"}\n' \
    "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2"
}
send() { kcat -q -P -b "$broker" -t "$topic" -k kcat -X acks=all "$@"; }

good=TXN-$(cat /proc/sys/kernel/random/uuid)
bare=TXN-$(cat /proc/sys/kernel/random/uuid)
wrong=TXN-$(cat /proc/sys/kernel/random/uuid)
transaction "$good" Shipped | send \
  -H content-type=application/json -H ce_specversion=1.0 -H ce_type=transactions-pipeline.transaction.v1 \
  -H ce_source=urn:example:kcat -H "ce_id=$good" -H "ce_time=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
transaction "$bare" Shipped | send
transaction "$wrong" Lost | send
echo '{ this is not JSON' | send
printf 'stored %s\nstored %s\n' "$good" "$bare"

# The first record of one of the pipeline's own sources.
kcat -q -C -b "$broker" -t "$topic" -o beginning -e -f '%h\n' | grep -m 1 'ce_source=urn:transactions-pipeline:'
