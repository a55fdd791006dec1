"""`python -m tests.bench.steady`: orders at a steady rate, each asked on its second. Prints what `load.Load` holds.

An open loop: a slow answer delays no later question, so that a queue shows in the times and not in the rate.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from tests.bench.figures import quantile


class Client:
    """Connections that are used again; as many as are needed at once."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.host, self.port = address.hostname or "", address.port or 80
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, secret: str, body: str) -> int:
        """The status of the answer."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(self.host, self.port)
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {secret}\r\n"
        head += f"Idempotency-Key: {uuid4()}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())
        answered = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(answered.partition("content-length:")[2].partition("\r\n")[0])
        await reader.readexactly(length)
        self._idle.append((reader, writer))
        return int(answered.split(" ", 2)[1])


async def run(url: str, people: list[str], sales: list[list[str]], first: int, rate: float, seconds: float) -> str:
    """Ask `rate` times a second for so many seconds, then wait for the last answers."""
    client, times, faults = Client(url), [], [0, 0]

    async def one(pair: int, due: float) -> None:
        sale = sales[(pair + pair // len(people)) % len(sales)]
        lines = [{"offer_id": offer, "quantity": 2} for offer in random.sample(sale[1:], 5)]
        body = json.dumps({"distribution_id": sale[0], "lines": lines})
        try:
            status = await client.post("/api/v1/orders", people[pair % len(people)], body)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            faults[1] += 1
            return
        times.append((time.perf_counter() - due) * 1000)
        faults[0] += status >= 300

    began = time.perf_counter()
    asked = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(one(first + number, due)))
    await asyncio.gather(*asked)
    return _told(times, faults, len(asked), time.perf_counter() - began)


def _told(times: list[float], faults: list[int], asked: int, seconds: float) -> str:
    quantiles = {
        name: quantile(times, part) for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    }
    counted = {"requests": len(times), "seconds": seconds, "refused": faults[0], "broken": faults[1], "asked": asked}
    return json.dumps(counted | quantiles)


def main() -> None:
    url, people, sales, first, rate, seconds = sys.argv[1:]
    secrets = Path(people).read_text().splitlines()
    offers = [line.split() for line in Path(sales).read_text().splitlines()]
    print(asyncio.run(run(url, secrets, offers, int(first), float(rate), float(seconds))))


if __name__ == "__main__":
    main()
