"""Owns the order in which the components stand around an application, and what the web's bounds are.

Never leaves one out by itself: what is optional is said by whoever calls.
Called by resources/app.py, and by the sandbox's own resources.

From the outside in, and why:

1. the client's address and scheme, as trusted proxies tell them: everything below may ask for them
2. the request's id: all that is logged below carries it
3. the access log, if wished: sees what was refused, and what went out in fact
4. answers kept in memory, if there is a state that says how long: what was just made isn't made again
5. the browser's rules: also on what is refused
6. limits: what is beyond them costs nothing below
7. compression: next to the application, as nothing above looks into bodies
"""

from collections.abc import Sequence
from typing import Any, Final, cast

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from actors.machines import limits
from resources.middleware.access_log import AccessLog
from resources.middleware.asgi import Application
from resources.middleware.compression import Compression
from resources.middleware.kept_answers import KeptAnswers, State
from resources.middleware.request_id import RequestId
from resources.middleware.request_limits import Bounds, RequestLimits
from resources.middleware.security_headers import SecurityHeaders

# Wider than what the toolkit allows, which refuses in the client's own form: these end what only wastes.
BOUNDS: Final = Bounds(
    url_bytes_max=limits.URL_BYTES_READ_MAX,
    header_count_max=limits.HEADERS_MAX,
    header_bytes_max=limits.HEADERS_BYTES_MAX,
    body_bytes_max=limits.BODY_BYTES_TAKEN_MAX,
    body_within_s=limits.BODY_WITHIN_S,
)


def surrounded(
    app: Application,
    *,
    access_log: bool = False,
    trusted_proxies: Sequence[str] = (),
    bounds: Bounds = BOUNDS,
    state: State | None = None,
    secret_places: Sequence[str] = (),
) -> Application:
    """The application in its middleware. ``trusted_proxies``: addresses and networks.

    ``state`` says how long public answers stay as they are; without it none is kept. ``secret_places`` are
    beginnings of paths that are secrets.
    """
    app = SecurityHeaders(RequestLimits(Compression(app), bounds))
    if state is not None:
        app = KeptAnswers(app, state)
    if access_log:
        app = AccessLog(app, secret_places)
    app = RequestId(app)
    if trusted_proxies:
        app = cast("Application", ProxyHeadersMiddleware(cast("Any", app), list(trusted_proxies)))
    return app
