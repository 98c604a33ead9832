"""Generates with Faker and sends with aiokafka, acks=all, for some seconds: "original" waits for each acknowledgement
before it makes the next one, "batched" waits for 5,000 at once and sends larger batches.

Arguments: broker, topic, seconds, original or batched. Prints the count and the seconds as JSON."""

import asyncio
import json
import sys
import time

from aiokafka import AIOKafkaProducer
from transaction import transaction


async def main(broker: str, topic: str, seconds: float, way: str) -> None:
    batched = way == "batched"
    tuned = {"linger_ms": 5, "max_batch_size": 131072} if batched else {}
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all", **tuned)
    await producer.start()
    try:
        count = 0
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            pending = []
            for _ in range(5000 if batched else 1):
                made = transaction()
                value, key = json.dumps(made).encode(), made["transaction_id"].encode()
                pending.append(await producer.send(topic, value, key))
                count += 1
            await asyncio.gather(*pending)
        print(json.dumps({"count": count, "seconds": time.perf_counter() - started}))
    finally:
        await producer.stop()


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]))
