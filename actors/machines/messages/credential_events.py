"""Owns what has happened to what members sign in by, and to what they may do beyond trading.

Never holds a password or an API key: hashes and digests only. Events are never changed once written.
Called by the machines of account streams and by every follower of the log, as part of events.
"""

from actors.machines.messages.base import Identity, Message, Time, Username
from actors.machines.messages.words import Role, Scope


class SessionsEnded(Message):
    account_id: Identity
    generation: int


class PasswordChanged(Message):
    """Every session ended with it, and the API keys were revoked unless they were kept."""

    account_id: Identity
    password_hash: str
    generation: int
    api_keys_kept: bool
    time: Time


class ApiKeyCreated(Message):
    """``digest`` is all that is known of the key. It expires by itself."""

    account_id: Identity
    api_key_id: Identity
    name: str
    scope: Scope
    digest: str
    expires_time: Time
    time: Time


class ApiKeyRevoked(Message):
    account_id: Identity
    api_key_id: Identity
    time: Time


class RolesChanged(Message):
    """``holder_id`` holds these roles now, and no other; ``account_id`` asked for it."""

    holder_id: Identity
    username: Username
    roles: tuple[Role, ...]
    reason: str
    account_id: Identity
    request_id: Identity
    item: int
    time: Time
