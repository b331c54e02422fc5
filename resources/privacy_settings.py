"""Owns the resource of one's own privacy settings: who may see what of a member, kind by kind.

Never filters anything: resources/privacy.py does, by what was set here.
Called by resources/app.py.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.following import ChangePrivacy, PrivacyChoice
from actors.machines.messages.social_words import Audience, Detail, PrivacyKind
from couch_views.queries import relations
from couch_views.queries.reading import Reads
from couch_views.relation_shapes import PrivacySetting
from resources.answers import relations as answers
from resources.exchange import Exchange
from resources.pages.asides import purse
from resources.privacy import setting_of
from resources.reading import Reader
from resources.representations import Json
from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.query import Query
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, command, done, read
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who

_MEANS: Final[Mapping[PrivacyKind, str]] = {
    PrivacyKind.ORDER: "Orders you place",
    PrivacyKind.FILL: "Trades",
    PrivacyKind.POSITION: "Positions opened and closed",
    PrivacyKind.SETTLEMENT: "What you won and lost",
    PrivacyKind.FOLLOW: "Whom and what you follow",
    PrivacyKind.CHALLENGE: "Challenges",
    PrivacyKind.BADGE: "Badges",
    PrivacyKind.COMMENT: "Comments",
    PrivacyKind.LEADERBOARDS: "Your place on leaderboards",
    PrivacyKind.FOLLOWERS: "Who follows you",
}


class SettingAsked(Shape):
    """What is left out stays as it is."""

    audience: Audience | msgspec.UnsetType = msgspec.UNSET
    detail: Detail | msgspec.UnsetType = msgspec.UNSET


class PrivacyAsked(Shape):
    """By kind: an audience (each includes those after it) and a detail (each includes those before it)."""

    order: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    fill: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    position: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    settlement: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    follow: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    challenge: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    badge: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    comment: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    leaderboards: SettingAsked | msgspec.UnsetType = msgspec.UNSET
    followers: SettingAsked | msgspec.UnsetType = msgspec.UNSET


assert PrivacyAsked.__struct_fields__ == tuple(PrivacyKind)


class Privacy(Resource):
    """``/v3/privacy/``: it holds from now on, for what was before, too."""

    pattern = "/v3/privacy"
    title = "Who may see what of you"
    representations = (JSON, *page("privacy.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary="Who may see what of oneself",
                answers={200: answers.Privacy},
            ),
            "PATCH": command(
                Who.MEMBER,
                body_of(PrivacyAsked),
                self.change,
                summary="Change who may see what of oneself",
                answers={200: answers.Privacy},
            ),
        }

    def links(self, _view: View, /) -> Iterable[Link]:
        yield Link("related", "/v3/blocks/", "Whom you have blocked")
        yield Link("related", "/v3/mutes/", "Whom you have muted")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        settings = view.content["privacy"]
        assert isinstance(settings, Mapping)
        values = {
            f"{kind}.{name}": str(word)
            for kind, setting in settings.items()
            for name, word in setting.items()
        }
        yield FormUse("PATCH", self.pattern, view.path, values=values, title="Save")

    async def show(self, call: Call[None, Query]) -> Outcome:
        account_id = call.member.account_id

        def find(documents: Reads) -> tuple[Mapping[str, PrivacySetting], Json]:
            return relations.privacy(documents, account_id), purse(documents, call)

        (settings, aside), position = await self._reader.read(call, find)
        means = {kind.value: words for kind, words in _MEANS.items()}
        return done({"privacy": _represent(settings)}, position, aside={**aside, "means": means})

    async def change(self, call: Call[PrivacyAsked, Query]) -> Outcome:
        choices = _choices(call.body)
        account_id = call.member.account_id
        before, position = await self._reader.read(
            call, lambda documents: relations.privacy(documents, account_id)
        )
        if not choices:
            return done({"privacy": _represent(before)}, position)
        changed = await self._exchange.carry_out_one(call, ChangePrivacy(choices), SocialResult)
        await self._reader.settle(changed.position)
        content = _represent(before)
        for choice in choices:
            content[choice.kind.value] |= _given(choice)
        return done({"privacy": content}, changed.position)


def _choices(asked: PrivacyAsked) -> tuple[PrivacyChoice, ...]:
    choices: list[PrivacyChoice] = []
    for kind in PrivacyKind:
        setting: SettingAsked | msgspec.UnsetType = getattr(asked, kind.value)
        if isinstance(setting, SettingAsked):
            audience = None if setting.audience is msgspec.UNSET else setting.audience
            detail = None if setting.detail is msgspec.UNSET else setting.detail
            if audience is not None or detail is not None:
                choices.append(PrivacyChoice(kind, audience, detail))
    return tuple(choices)


def _given(choice: PrivacyChoice) -> dict[str, str]:
    chosen = {"audience": choice.audience, "detail": choice.detail}
    return {name: word.value for name, word in chosen.items() if word is not None}


def _represent(settings: Mapping[str, PrivacySetting]) -> dict[str, dict[str, str]]:
    """What holds for every kind, with what holds by default."""
    found = {kind: setting_of(settings, kind) for kind in PrivacyKind}
    return {
        kind.value: {"audience": each.audience.value, "detail": each.detail.value}
        for kind, each in found.items()
    }
