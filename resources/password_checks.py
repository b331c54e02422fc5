"""Owns the question whether somebody knows a member's password, and the patience of who is wrong too often.

Never says which of name and password was wrong, nor whether there is such a member.
Called by the resources that sign members in or change what they sign in by.
"""

from actors.machines.messages.answers import Credentials
from actors.machines.messages.commands import GetCredentials
from resources.attempts import Attempts
from resources.exchange import Exchange
from resources.passwords import Passwords
from resources.texts import Username
from resources.toolkit.fields import matches


class PasswordChecks:
    """Checks of passwords against what the members' accounts hold."""

    def __init__(self, exchange: Exchange, passwords: Passwords, attempts: Attempts) -> None:
        self._exchange = exchange
        self._passwords = passwords
        self._attempts = attempts

    async def check(self, username: str, password: str, address: str) -> Credentials | None:
        """The member's credentials if that is the password; None if not.

        Raises ``ProblemError``: 429 after too many wrong ones, 503 if the account can't be asked.
        """
        self._attempts.require_patience(username, address)
        credentials = await self._credentials(username)
        password_hash = None if credentials is None else credentials.password_hash
        if await self._passwords.matches(password_hash, password):
            return credentials
        self._attempts.was_wrong(username, address)
        return None

    async def _credentials(self, username: str) -> Credentials | None:
        if not matches(username, Username):
            return None
        result = (await self._exchange.ask(GetCredentials(username))).result
        return result if isinstance(result, Credentials) else None
