"""Owns what a text from a client may be: of bounded length, without control characters.

Never changes a text.
Called by the resources that take names and descriptions.

Control characters have no place in XML, in which every text here may have to be shown.
"""

from typing import Annotated, Final

import msgspec

from actors.machines import limits

_CONTROL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff"
_ONE_LINE: Final = rf"^[^{_CONTROL}\t\n\r]*\Z"
_NAMED: Final = rf"^[^{_CONTROL}\t\n\r]*[^{_CONTROL}\s][^{_CONTROL}\t\n\r]*\Z"
_LINES: Final = rf"^[^{_CONTROL}]*\Z"

Name = Annotated[str, msgspec.Meta(pattern=_NAMED, max_length=limits.NAME_LENGTH_MAX)]
"""One line that is not blank."""
KeyName = Annotated[str, msgspec.Meta(pattern=_NAMED, max_length=limits.API_KEY_NAME_LENGTH_MAX)]
DisplayName = Annotated[str, msgspec.Meta(pattern=_ONE_LINE, max_length=limits.DISPLAY_NAME_LENGTH_MAX)]
Reference = Annotated[str, msgspec.Meta(pattern=_ONE_LINE, max_length=limits.REFERENCE_ID_LENGTH_MAX)]
Bio = Annotated[str, msgspec.Meta(pattern=_LINES, max_length=limits.BIO_LENGTH_MAX)]
ChallengeWords = Annotated[str, msgspec.Meta(pattern=_LINES, max_length=limits.CHALLENGE_MESSAGE_LENGTH_MAX)]
Description = Annotated[str, msgspec.Meta(pattern=_LINES, max_length=limits.DESCRIPTION_LENGTH_MAX)]
Reason = Annotated[str, msgspec.Meta(pattern=_NAMED, max_length=limits.REASON_LENGTH_MAX)]
"""Why somebody did what they did: one line that is not blank."""
SearchText = Annotated[str, msgspec.Meta(pattern=_ONE_LINE, max_length=limits.SEARCH_LENGTH_MAX)]
Remark = Annotated[str, msgspec.Meta(pattern=_ONE_LINE, max_length=limits.REASON_LENGTH_MAX)]
"""The same where nothing has to be said."""
Username = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^[a-z0-9_-]{{{limits.USERNAME_LENGTH_MIN},{limits.USERNAME_LENGTH_MAX}}}\Z",
        description=f"{limits.USERNAME_LENGTH_MIN} to {limits.USERNAME_LENGTH_MAX} of a to z, 0 to 9, - and"
        " _. It stays.",
    ),
]
Password = Annotated[
    str,
    msgspec.Meta(
        min_length=limits.PASSWORD_LENGTH_MIN,
        max_length=limits.PASSWORD_LENGTH_MAX,
        description=f"{limits.PASSWORD_LENGTH_MIN} characters at least.",
    ),
]
