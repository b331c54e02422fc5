"""Owns the rules on members and requests: names and ids are given once, each command is carried out once.

Never judges what a command does: the audits of orders and of money do.
Called by the audit of account streams.
"""

from actors.auditing.breaches import Findings, Rule
from actors.auditing.keys import UsedKeys
from actors.auditing.members import Member, Members
from actors.machines.messages.amendments import AmendRequested
from actors.machines.messages.answers import Refused
from actors.machines.messages.challenges import DeclineChallenge
from actors.machines.messages.commands import ChangeRoles
from actors.machines.messages.credential_events import RolesChanged
from actors.machines.messages.events import (
    CancelAllRequested,
    CancelRequested,
    InstructionSent,
    ItemAnswered,
    MemberRegistered,
    MoneyMoveSent,
    OrderPlaced,
    RequestOpened,
)
from actors.machines.messages.social_commands import SocialCommandSent
from actors.machines.messages.words import Role
from actors.machines.streams import account_stream_of_id

Sent = InstructionSent | MoneyMoveSent | SocialCommandSent
CarriedOut = OrderPlaced | AmendRequested | CancelRequested | CancelAllRequested | Sent | ItemAnswered


class RequestsAudit:
    """Requests of one account stream. A request is decided in the record that opens it."""

    def __init__(self, members: Members, findings: Findings) -> None:
        self._members = members
        self._findings = findings
        self._keys = UsedKeys()
        self._last_request = 0
        self._opened: dict[int, RequestOpened] = {}
        self._carried_out: set[tuple[int, int]] = set()
        self._cancelling: dict[tuple[int, int], int] = {}
        """Cancel-all items of this record -> how many of their cancels are still to come."""
        self._awaited: dict[tuple[int, int], int] = {}
        """Items that another stream is to answer -> whose they are."""
        self._asked_alone: dict[int, RequestOpened] = {}
        """Requests of one command each, which another stream is to answer."""

    def begin(self) -> None:
        """Another record: what was opened before is decided."""
        self._opened.clear()
        self._carried_out.clear()
        self._cancelling.clear()

    def registered(self, event: MemberRegistered) -> None:
        members = self._members
        account_id = event.account_id
        if account_id in members.members:
            self._findings.add(Rule.IDENTITY, f"account {account_id} is registered twice")
            return
        if account_stream_of_id(account_id) != self._findings.stream:
            self._findings.add(Rule.IDENTITY, f"account {account_id} belongs to another stream")
        if event.username in members.usernames:
            self._findings.add(Rule.IDENTITY, f"a username of account {account_id} is taken already")
        members.members[account_id] = Member(event.username, staff=event.role is Role.STAFF)
        members.usernames[event.username] = account_id

    def roles_changed(self, event: RolesChanged) -> None:
        member = self._members.members.get(event.holder_id)
        if member is None or member.username != event.username:
            self._findings.add(Rule.IDENTITY, f"roles are given to account {event.holder_id}, another's")
            return
        member.roles = event.roles

    def opened(self, event: RequestOpened) -> None:
        if event.account_id not in self._members.members:
            self._findings.add(Rule.IDENTITY, f"request {event.request_id} is of no account")
        if event.request_id <= self._last_request:
            self._findings.add(Rule.ONCE, f"request {event.request_id} comes after {self._last_request}")
        elif self._keys.repeated(event):
            self._findings.add(
                Rule.ONCE,
                f"request {event.request_id} repeats a key that account {event.account_id} has used",
            )
        self._last_request = max(self._last_request, event.request_id)
        self._opened[event.request_id] = event

    def carried_out(self, event: CarriedOut) -> None:
        """A command of a request that this very record opened."""
        place = (event.request_id, event.item)
        opened = self._opened.get(event.request_id)
        if opened is None or opened.account_id != event.account_id or not 0 <= event.item < opened.items:
            self._findings.add(
                Rule.ONCE, f"{_name(event)} carries out item {event.item} of no request ({event.request_id})"
            )
            return
        if isinstance(event, CancelRequested) and self._cancelling.get(place):
            self._cancelling[place] -= 1
            return
        if place in self._carried_out:
            self._findings.add(
                Rule.ONCE, f"{_name(event)} carries out item {event.item} of request {event.request_id} again"
            )
        self._carried_out.add(place)
        if isinstance(event, CancelAllRequested):
            self._cancelling[place] = event.orders

    def sent(self, event: Sent) -> None:
        """A command that another stream decides: of staff, about activity, or the decline of a challenge."""
        self.carried_out(event)
        if isinstance(event, MoneyMoveSent) or (
            isinstance(event, InstructionSent) and not isinstance(event.command, DeclineChallenge)
        ):
            self._judge_staff(event)
        self._awaited[event.request_id, event.item] = event.account_id
        opened = self._opened.get(event.request_id)
        if opened is not None and opened.items == 1:
            self._asked_alone[event.request_id] = opened

    def _judge_staff(self, event: InstructionSent | MoneyMoveSent) -> None:
        member = self._members.members.get(event.account_id)
        role = _role_for(event)
        if member is not None and not (member.staff or {role, Role.ADMIN} & {*member.roles}):
            what = f"account {event.account_id} is no {role}, but {_name(event)}"
            self._findings.add(Rule.STAFF, what)
        opened = self._opened.get(event.request_id)
        if opened is not None and opened.api_key_id:
            self._findings.add(Rule.STAFF, f"request {event.request_id} is of an API key, but {_name(event)}")

    def answered(self, event: ItemAnswered) -> None:
        place = (event.request_id, event.item)
        if place in self._awaited and event.request_id not in self._opened:
            if self._awaited.pop(place) != event.account_id:
                self._findings.add(Rule.ONCE, f"request {event.request_id} is answered to another account")
            opened = self._asked_alone.pop(event.request_id, None)
            if opened is not None and isinstance(event.result, Refused) and event.result.is_for_now:
                self._keys.free(opened)
        else:
            self.carried_out(event)


def _role_for(event: InstructionSent | MoneyMoveSent) -> Role:
    if isinstance(event, MoneyMoveSent):
        return Role.TREASURER
    return Role.ADMIN if isinstance(event.command, ChangeRoles) else Role.OPERATOR


def _name(event: CarriedOut) -> str:
    return type(event).__name__
