"""The original's parts: FastAPI with aiokafka; each POST generates one transaction with Faker and waits until Kafka
has acknowledged it. Run by uvicorn, one process; BROKER and TOPIC in the environment."""

import json
import os
import random
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timezone

from aiokafka import AIOKafkaProducer
from faker import Faker
from fastapi import FastAPI

fake = Faker()
state = {}


@asynccontextmanager
async def lifespan(_: FastAPI):
    producer = AIOKafkaProducer(bootstrap_servers=os.environ["BROKER"], acks="all")
    await producer.start()
    state["producer"] = producer
    yield
    await producer.stop()


app = FastAPI(lifespan=lifespan)


def transaction() -> dict:
    products = [
        {
            "product_id": f"PROD-{random.randint(100, 999)}",
            "product_name": fake.word(),
            "quantity": random.randint(1, 5),
            "price": round(random.uniform(10, 500), 2),
        }
        for _ in range(random.randint(1, 3))
    ]
    return {
        "transaction_id": f"TXN-{uuid.uuid4()}",
        "timestamp": datetime.now(timezone.utc).isoformat(),
        "customer_id": random.randint(1000, 9999),
        "product_details": products,
        "total_amount": round(sum(p["quantity"] * p["price"] for p in products), 2),
        "currency": "USD",
        "payment_method": random.choice(["Credit Card", "PayPal", "Debit Card"]),
        "shipping_address": {
            "street": fake.street_address(),
            "city": fake.city(),
            "state": fake.state_abbr(),
            "zip_code": fake.zipcode(),
            "country": "USA",
        },
        "status": random.choice(["Shipped", "Processing", "Delivered", "Cancelled"]),
    }


@app.post("/transactions", status_code=201)
async def send() -> dict:
    made = transaction()
    sent = await state["producer"].send_and_wait(
        os.environ["TOPIC"], json.dumps(made).encode(), made["transaction_id"].encode()
    )
    return {"transaction": made, "delivery": {"topic": sent.topic, "partition": sent.partition, "offset": sent.offset}}
