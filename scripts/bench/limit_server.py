"""Owns the limit: the exchange's own web server with a handler that only parses and answers.

Never checks, signs in, decides or stores anything: what it manages, no exchange behind this server can.
Called by the benchmark of the API, as ``python -m scripts.bench.limit_server PORT``.
"""

import sys
from typing import Final

import orjson
import uvicorn

from resources.middleware.asgi import Receive, Scope, Send
from resources.opening import spare_the_collector
from resources.serve import configuration

# An order's answer in form and size; what is parsed is echoed into it, so that parsing can't be skipped.
ANSWER: Final = {
    "order_id": "123456",
    "state": "created",
    "type": "good_til_cancelled",
    "total_executed_quantity": 0,
    "average_price": None,
    "executions": [],
    "available_quantity": 10_000,
    "balance": "10000000.00",
    "available_balance": "9999999.50",
    "exposure": "0.50",
    "reference_id": None,
    "created_datetime": "2026-01-01T00:00:00.000000Z",
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application of one answer."""
    if scope["type"] != "http":
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message["body"]
        more = message.get("more_body", False)
    content = orjson.dumps(_answer(orjson.loads(body)) if body else ANSWER)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _answer(asked: dict[str, object] | list[dict[str, object]]) -> object:
    if isinstance(asked, list):
        return {"results": [{"status": 200, **ANSWER, **order} for order in asked]}
    return {**ANSWER, **asked}


def main(port: int) -> None:
    """Serves as resources/serve.py does until it is terminated."""
    spare_the_collector()
    uvicorn.Server(configuration(app, "127.0.0.1", port)).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
