"""Owns session tokens: signed, stateless, telling who somebody is and until when to believe it.

Never knows whether a session was ended early: the account's actor does.
Called by the resources that sign members in, and by resources/authority.py.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

import jwt
import msgspec

from actors.machines import limits
from resources.toolkit.identities import Identity
from resources.toolkit.problems import not_signed_in
from resources.toolkit.visitor import Member

_ALGORITHM: Final = "HS256"
_SECOND_US: Final = 1_000_000


class Claims(msgspec.Struct, frozen=True):
    """What a token says; ``exp`` in seconds since 1970."""

    sub: Identity
    name: str
    generation: int
    staff: bool
    exp: int

    @property
    def member(self) -> Member:
        return Member(int(self.sub), self.name, self.generation, self.staff)


class Token(NamedTuple):
    """``expires``: microseconds since 1970."""

    text: str
    expires: int


class Tokens:
    """Issues and reads tokens; ``clock`` gives microseconds since 1970."""

    def __init__(self, secret: bytes, clock: Callable[[], int]) -> None:
        self._key = blake2b(secret, digest_size=32, person=b"session token").digest()
        self._clock = clock
        # A bot shows the same token thousands of times a second; its signature is checked once.
        self._read = lru_cache(limits.MEMBERS_REMEMBERED_MAX)(self._read_signed)

    def issue(self, member: Member) -> Token:
        expires_s = self._clock() // _SECOND_US + limits.SESSION_LIFE_S
        claims = Claims(str(member.account_id), member.username, member.generation, member.staff, expires_s)
        return Token(jwt.encode(msgspec.to_builtins(claims), self._key, _ALGORITHM), expires_s * _SECOND_US)

    def read(self, token: str) -> Member:
        """Who the token was issued to; 401 if it is forged or has expired."""
        claims, member = self._read(token)
        if claims.exp * _SECOND_US <= self._clock():
            raise not_signed_in("The token has expired.")
        return member

    def _read_signed(self, token: str) -> tuple[Claims, Member]:
        try:
            # Expiry is judged on every use, by our clock.
            payload = jwt.decode(token, self._key, [_ALGORITHM], options={"verify_exp": False})
            claims = msgspec.convert(payload, Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError):
            raise not_signed_in("The token is not one of ours.") from None
        return claims, claims.member
