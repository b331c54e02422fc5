"""Owns what a process of the web is made of: its application, and all that this one needs open.

Never serves: servers do, ours in resources/serve.py, others by resources/asgi.py.
Called by both, once for each process.
"""

import gc
import resource
import sys
import time
from typing import Final, NamedTuple

from actors.machines import limits
from actors.processes.settings import Settings
from actors.processes.thespian_gateway import ThespianGateway, open_gateway
from couch_views.client import Documents
from couch_views.opening import open_documents
from resources.app import create_app
from resources.middleware.asgi import Application
from resources.toolkit.admission import Gates

TURN_S: Final = 0.0005
"""How long a thread waits for the interpreter before it asks for it; Python's own is ten times as long."""
GARBAGE_THRESHOLD: Final = 50_000
"""Objects between two collections: requests make few cycles, and each collection is a pause."""


class Web(NamedTuple):
    """An open web. ``gates`` are to be closed to commands by who is about to stop it."""

    app: Application
    gates: Gates
    gateway: ThespianGateway
    documents: Documents

    def close(self) -> None:
        """Who still waits for an answer is told that the outcome isn't known. May block."""
        self.gateway.close()
        self.documents.close()


def open_web(settings: Settings) -> Web:
    """To be called in the loop that will serve."""
    gateway = open_gateway(settings)
    documents = open_documents(settings.documents, settings.documents_folder, writer=False)
    gates = Gates()
    app = create_app(gateway, documents, settings, lambda: time.time_ns() // 1_000, gates, keep_answers=True)
    gates.lateness.start()
    spare_the_collector()
    let_threads_in()
    return Web(app, gates, gateway, documents)


def allow_connections() -> int:
    """As many open files as this process may have: often it begins with fewer.

    Returns how many connections there may then be.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most == resource.RLIM_INFINITY:
        return limits.CONNECTIONS_MAX
    return min(limits.CONNECTIONS_MAX, max(most // 2, most - limits.FILES_SPARED))


def spare_the_collector() -> None:
    """To be called once, when all is loaded: that is never collected, and the rest seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


def let_threads_in() -> None:
    """To be called once: threads that read documents get their turn while the event loop is busy.

    A read gives the interpreter away at every access to a file, and waits each time until it is its turn.
    """
    sys.setswitchinterval(TURN_S)
