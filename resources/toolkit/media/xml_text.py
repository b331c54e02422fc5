"""Owns what may stand in XML: texts without the characters that XML has no way to write.

Never escapes: who writes the XML does.
Called by the representations that are XML.
"""

import re
from typing import Final

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """The text; what XML can't hold is shown as the replacement character."""
    return _FORBIDDEN.sub("\ufffd", text)
