"""Sends records to a topic of the pipeline and reads one of a source's, with aiokafka.

KAFKA_BROKER and TOPIC say where. Prints one JSON object: the ids that it sent, and an event that it read.
"""

import asyncio
import datetime
import json
import os
import uuid

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

BROKER = os.environ.get("KAFKA_BROKER", "localhost:9092")
TOPIC = os.environ.get("TOPIC", "transactions-topic")
SOURCE = "urn:example:python"


def transaction() -> dict:
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "transaction_id": f"TXN-{uuid.uuid4()}",
        "timestamp": now.isoformat(timespec="milliseconds"),
        "customer_id": 4711,
        # Amounts may be numbers or decimal strings.
        "product_details": [{"product_id": "PROD-100", "product_name": "Chair", "quantity": 2, "price": "12.50"}],
        "total_amount": 25.0,
        "currency": "USD",
        "payment_method": "PayPal",
        "shipping_address": {"street": "1 Main St", "city": "Reno", "state": "NV", "zip_code": "89501", "country": "USA"},
        "status": "Shipped",
    }


def cloud_event(event_id: str) -> list[tuple[str, bytes]]:
    """Headers of CloudEvents 1.0 in binary mode; the pipeline does not insist on them."""
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_type": "transactions-pipeline.transaction.v1",
        "ce_source": SOURCE,
        "ce_id": event_id,
        "ce_time": datetime.datetime.now(datetime.timezone.utc).isoformat(),
    }
    return [(name, value.encode()) for name, value in headers.items()]


async def send() -> dict:
    good, bare, wrong = transaction(), transaction(), {**transaction(), "status": "Lost"}
    async with AIOKafkaProducer(bootstrap_servers=BROKER, acks="all") as producer:
        for value, headers in (
            (json.dumps(good), cloud_event(good["transaction_id"])),
            (json.dumps(bare), []),
            (json.dumps(wrong), cloud_event(wrong["transaction_id"])),
            ("{ this is not JSON", []),
        ):
            await producer.send_and_wait(TOPIC, value.encode(), key=b"python", headers=headers)
    return {"stored": [good["transaction_id"], bare["transaction_id"]], "deadLettered": 2}


async def read_one() -> dict:
    """The first record from one of the pipeline's own sources."""
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=BROKER, auto_offset_reset="earliest", group_id=None)
    async with consumer:
        async for record in consumer:
            headers = {name: value.decode() for name, value in record.headers}
            if headers.get("ce_source", "").startswith("urn:transactions-pipeline:"):
                return {"headers": headers, "transaction": json.loads(record.value)}
    raise AssertionError("the topic ended")


async def main() -> None:
    sent = await send()
    read = await asyncio.wait_for(read_one(), 30)
    print(json.dumps({"sent": sent, "read": read}))


asyncio.run(main())
