"""A transaction as the Python original makes it: Faker for each one."""

import random
import uuid
from datetime import datetime, timezone

from faker import Faker

fake = Faker()


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
