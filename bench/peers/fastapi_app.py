"""The original's parts: FastAPI with aiokafka. Each POST generates one transaction with Faker and waits until Kafka has
acknowledged it; each watcher of the stream is sent transactions of its own, made for it. Run by uvicorn, one process;
BROKER and TOPIC in the environment, EVERY_SECONDS is the pause of a stream between two transactions."""

import asyncio
import json
import os
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from transaction import transaction

TOPIC = os.environ["TOPIC"]
EVERY_SECONDS = float(os.environ.get("EVERY_SECONDS", "1"))
state = {}


@asynccontextmanager
async def lifespan(_: FastAPI):
    producer = AIOKafkaProducer(bootstrap_servers=os.environ["BROKER"], acks="all")
    await producer.start()
    state["producer"] = producer
    yield
    await producer.stop()


app = FastAPI(lifespan=lifespan)


async def deliver(made: dict):
    return await state["producer"].send_and_wait(TOPIC, json.dumps(made).encode(), made["transaction_id"].encode())


@app.get("/livez")
async def livez() -> dict:
    return {"status": "alive"}


@app.post("/transactions", status_code=201)
async def send() -> dict:
    made = transaction()
    sent = await deliver(made)
    return {"transaction": made, "delivery": {"topic": sent.topic, "partition": sent.partition, "offset": sent.offset}}


@app.get("/real_time_response")
async def stream() -> StreamingResponse:
    async def events():
        while True:
            made = transaction()
            await deliver(made)
            yield f"data: {json.dumps(made)}\n\n"
            await asyncio.sleep(EVERY_SECONDS)

    return StreamingResponse(events(), media_type="text/event-stream")
