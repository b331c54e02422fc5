"""Owns the client of the API for programs in Python: typed operations, sent by a blocking or an async client.

Never doubles what it asks for: whatever is lost on the way, the same operation is sent again under its key.
Called by the commands and bots in scripts/, and by whoever writes one.

    with Client("http://127.0.0.1:8000") as client:
        client.sign_in("grace", "correct horse battery")
        order = client.do(place_order(NewOrder("1", "1", "buy", 3900, 100_000)))
"""

from scripts.client.asynchronous import AsyncClient, AsyncTiming
from scripts.client.blocking import Client, Timing
from scripts.client.core import (
    PAUSE_S,
    AddressError,
    ClientError,
    Json,
    Operation,
    OutcomeUnknownError,
    RefusedError,
    UnansweredError,
    operation,
)

__all__ = [
    "PAUSE_S",
    "AddressError",
    "AsyncClient",
    "AsyncTiming",
    "Client",
    "ClientError",
    "Json",
    "Operation",
    "OutcomeUnknownError",
    "RefusedError",
    "Timing",
    "UnansweredError",
    "operation",
]
