"""Owns the values that answers are made of: ids, times, money, prices, quantities.

Never parses one: requests have shapes of their own.
Called by the other modules of this package.
"""

from typing import Annotated

from msgspec import Meta

from actors.machines import limits

Id = Annotated[
    str,
    Meta(pattern=r"^[1-9][0-9]{0,18}\Z", description="An id: decimal digits.", examples=["17"]),
]
EntryId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{43}\Z",
        description="Of an entry of activity: opaque, and for ever the same.",
        examples=["mLDZ1qJbQe0Zs7Xc3vTnRkWfYhPaUoGi2B5D8E4K6L9"],
    ),
]
Time = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z\Z",
        extra_json_schema={"format": "date-time"},
        description="RFC 3339 in UTC, to the microsecond.",
        examples=["2026-05-17T14:00:00.000000Z"],
    ),
]
Money = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,12}\.[0-9]{2,8}\Z",
        description="Money in currency units: an exact decimal, never a float.",
        examples=["1000.00"],
    ),
]
Price = Annotated[
    int,
    Meta(
        ge=limits.PRICE_MIN,
        le=limits.PRICE_MAX,
        description="A price in ticks of 1/10000 of probability: 3900 is 39 %.",
        examples=[3900],
    ),
]
Quantity = Annotated[
    int,
    Meta(
        ge=0,
        description="1/10000 of a currency unit that is paid out if the contract wins: 100000 is 10.00.",
        examples=[100_000],
    ),
]
AveragePrice = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,4}\.[0-9]{2,4}\Z",
        description="The average price of what was executed, in ticks.",
        examples=["3875.50"],
    ),
]
Username = Annotated[str, Meta(pattern=r"^[a-z0-9_-]{3,32}\Z", examples=["grace"])]
Slug = Annotated[str, Meta(description="The name in the form of a piece of a URL.", examples=["harbour-cup"])]
DisplayOrder = Annotated[int, Meta(ge=0, description="Its place among its like.")]
Volume = Annotated[
    int, Meta(ge=0, description="What was traded, in units of quantity; each execution counts once.")
]
NextPage = Annotated[
    str,
    Meta(
        pattern=r"^\?",
        description="The query string of the next page, to be sent as it is.",
        examples=["?limit=20&cursor=MTcuMTc"],
    ),
]
PreviousPage = Annotated[
    str,
    Meta(
        pattern=r"^\?",
        description="The query string of the page before, with what came meanwhile; not said of the first.",
        examples=["?limit=20&cursor=MTguMTg"],
    ),
]
LastPage = Annotated[
    str,
    Meta(
        pattern=r"^\?",
        description="The query string of the last page, if there are several.",
        examples=["?limit=20&cursor=MC4w"],
    ),
]


def any_of(*names: str) -> Meta:
    """What may look like any of these shapes, by name: msgspec has no unions of several of them."""
    return Meta(extra_json_schema={"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]})
