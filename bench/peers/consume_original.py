"""The original's way from Kafka to MongoDB: one loop, json.loads, one insert_one a record, offsets committed by the
client. Arguments: broker, group, MongoDB URI, database, topics. Runs until it is stopped."""

import asyncio
import json
import sys

from aiokafka import AIOKafkaConsumer
from pymongo import MongoClient


async def main(broker: str, group: str, uri: str, database: str, topics: list[str]) -> None:
    collection = MongoClient(uri, w="majority", journal=True)[database]["transactions"]
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=broker, group_id=group, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async for message in consumer:
            collection.insert_one(json.loads(message.value))
    finally:
        await consumer.stop()


asyncio.run(main(*sys.argv[1:5], sys.argv[5:]))
