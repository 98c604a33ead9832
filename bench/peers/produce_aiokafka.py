"""Sends pre-made records with aiokafka, acks=all: "default" with its own settings, "tuned" with larger batches.

Arguments: broker, topic, file with one record a line, number of records, default or tuned. Prints seconds as JSON."""

import asyncio
import json
import sys
import time

from aiokafka import AIOKafkaProducer


async def main(broker: str, topic: str, path: str, count: int, setting: str) -> None:
    with open(path, "rb") as lines:
        values = lines.read().splitlines()
    keys = [json.loads(value)["transaction_id"].encode() for value in values]
    tuned = {"linger_ms": 5, "max_batch_size": 131072} if setting == "tuned" else {}
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all", **tuned)
    await producer.start()
    try:
        started = time.perf_counter()
        pending = []
        for index in range(count):
            pending.append(await producer.send(topic, values[index % len(values)], keys[index % len(keys)]))
            if len(pending) == 5000:
                await asyncio.gather(*pending)
                pending.clear()
        await asyncio.gather(*pending)
        print(json.dumps({"seconds": time.perf_counter() - started}))
    finally:
        await producer.stop()


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]))
