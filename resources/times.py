"""Owns moments as clients write them: RFC 3339 with a time zone, from 1970 on.

Never reads a clock.
Called by the resources that take times.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec

from resources.toolkit.problems import invalid

Moment = Annotated[datetime, msgspec.Meta(tz=True)]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(field: str, moment: datetime) -> int:
    """Microseconds since 1970; 422 naming the field for anything before."""
    since = (moment - _EPOCH) // _MICROSECOND
    if since < 0:
        raise invalid(field, "a time from 1970 on is needed")
    return since
