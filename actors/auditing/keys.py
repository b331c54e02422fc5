"""Owns the rule that a request is carried out once: no key is taken up again while it is remembered.

Never keeps a key longer than the exchange promises to know it again.
Called by the audit of account streams.
"""

from collections import OrderedDict

from actors.machines import limits
from actors.machines.messages.events import RequestOpened


class UsedKeys:
    """The keys of every member of a stream: those that clients sent, and those that the web made."""

    def __init__(self) -> None:
        self._used: dict[tuple[int, bool], OrderedDict[tuple[str, str], int]] = {}

    def repeated(self, event: RequestOpened) -> bool:
        """Whether the request's key was used so lately that it had to be known again; notes it as used."""
        used = self._used.setdefault((event.account_id, event.key_kept), OrderedDict())
        life_us = limits.KEY_KEPT_US if event.key_kept else limits.WEB_KEY_KEPT_US
        key = (event.scope, event.key)
        before = used.pop(key, None)
        used[key] = event.time
        while event.time - next(iter(used.values())) > life_us or len(used) > limits.KEYS_KEPT_PER_ACCOUNT:
            used.popitem(last=False)
        return before is not None and event.time - before <= life_us

    def free(self, event: RequestOpened) -> None:
        """All that came of a request is that its member was told to wait: its key stands for nothing."""
        used = self._used[event.account_id, event.key_kept]
        if used.get((event.scope, event.key)) == event.time:
            del used[event.scope, event.key]
