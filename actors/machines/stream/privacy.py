"""Owns the taking of privacy settings into the log: who may see what of a member is theirs to say.

Never keeps them and never filters anything: what is shown is filtered when it is shown, by documents.
Called through the social machine's table.
"""

from typing import TYPE_CHECKING, Final

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.following import ChangePrivacy, PrivacyChanged
from actors.machines.messages.posted import Instruct
from actors.machines.stream.slice import Decided, Slice

if TYPE_CHECKING:
    from actors.machines.stream.state import SocialState


def change(_: "SocialState", instruct: Instruct, command: ChangePrivacy, _time: int) -> Decided:
    return Decided((PrivacyChanged(instruct.account_id, command.choices),), SocialResult())


SLICE: Final = Slice(takes={ChangePrivacy: change})
