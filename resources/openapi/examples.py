"""Owns the examples of what may be sent: for each operation with a body, by name.

Never says what is possible: the shapes do, and a test holds each example against them.
Called by resources/openapi/operations.py.
"""

from collections.abc import Mapping
from typing import Final

_ORDER: Final = {"market_id": "1", "contract_id": "2", "side": "buy", "price": 3900, "quantity": 100_000}

EXAMPLES: Final[Mapping[str, Mapping[str, object]]] = {
    "postMembers": {"a member": {"username": "grace", "password": "correct horse battery"}},
    "patchMembersByUsername": {
        "a name and some words": {"display_name": "Grace", "bio": "Sails on Sundays."}
    },
    "putMembersPassword": {
        "another password": {"password": "correct horse battery", "new_password": "a longer one than that"}
    },
    "putMembersRoles": {"who runs markets": {"roles": ["operator"], "reason": "runs the sailing markets"}},
    "postSessions": {"a member": {"username": "grace", "password": "correct horse battery"}},
    "postApiKeys": {
        "a key that only reads": {"name": "statistics", "scope": "read"},
        "a key for a bot": {"name": "bot", "scope": "trade", "expires": "2030-01-01T00:00:00Z"},
    },
    "postAccountsDeposits": {"a hundred": {"amount": "100.00"}},
    "postAccountsWithdrawals": {"a hundred": {"amount": "100.00"}},
    "postEvents": {
        "a race": {"name": "Harbour Cup", "type": "sailing", "start_datetime": "2030-05-17T14:00:00Z"}
    },
    "patchEventsByIds": {
        "it has begun": {"state": "live"},
        "it is later": {"start_datetime": "2030-05-17T15:00:00Z"},
    },
    "postMarkets": {
        "who wins": {
            "event_id": "1",
            "name": "Winner",
            "contracts": [{"name": "Gulls"}, {"name": "Herons"}],
            "rules": "The first across the line, protests decided.",
            "commission": "0.02",
        },
        "in steps of 1 %": {
            "event_id": "1",
            "name": "Winner",
            "contracts": [{"name": "Gulls"}, {"name": "Herons"}],
            "price_ladder": [{"from": 100, "to": 9900, "step": 100}],
        },
        "by auctions": {
            "event_id": "1",
            "name": "Winner",
            "contracts": [{"name": "Gulls"}, {"name": "Herons"}],
            "opening_auction_s": 600,
            "closing_auction_s": 0,
        },
        "played live": {
            "event_id": "1",
            "name": "First round the buoy",
            "contracts": [{"name": "Gulls"}, {"name": "Herons"}],
            "in_play_delay_ms": 5000,
        },
        "contracts that meet": {
            "event_id": "1",
            "name": "Which boat wins",
            "contracts": [{"name": "Gulls"}, {"name": "Herons"}, {"name": "Terns"}],
            "cross_matching": True,
        },
    },
    "patchMarketsByIds": {
        "let it trade": {"state": "open"},
        "let it collect orders": {"state": "auction"},
        "it has begun": {"in_play": True, "reason": "the starting gun"},
    },
    "putMarketsSettlement": {
        "a winner": {"winners": ["2"], "reason": "first across the line"},
        "a dead heat": {"dead_heat": ["2", "3"], "reason": "the photo does not tell them apart"},
        "nobody wins": {"void": True, "reason": "the race was called off"},
    },
    "putMarketsContractsVoid": {"withdrawn": {"reason": "broke its mast before the start"}},
    "postMarketsComments": {
        "a comment": {"text": "The wind turns at noon, says @grace. https://weather.example/harbour"},
        "a reply": {"text": "It did last year.", "in_reply_to": "16"},
    },
    "postEntriesComments": {"a comment": {"text": "Well sailed."}},
    "patchCommentsByCommentId": {"what was meant": {"text": "The wind turns at one."}},
    "postCommentsReports": {"why": {"reason": "insults a member"}},
    "putCommentsVisibility": {
        "hide it": {"state": "hidden", "reason": "insults a member"},
        "let it stand": {"state": "visible", "reason": "a joke among friends"},
    },
    "postOrders": {
        "an order": _ORDER,
        "take what is there": {**_ORDER, "type": "immediate_or_cancel", "reference_id": "mine-17"},
        "at whatever price, in an auction": {
            "market_id": "1",
            "contract_id": "2",
            "side": "buy",
            "type": "market",
            "quantity": 100_000,
        },
        "all of it or nothing": {**_ORDER, "type": "fill_or_kill"},
        "only rest, until noon": {
            **_ORDER,
            "type": "good_til_date",
            "good_til": "2030-05-17T12:00:00Z",
            "post_only": True,
        },
        "past one's own, as the market was": {**_ORDER, "self_trade": "cancel_maker", "market_version": 2},
        "a batch": [_ORDER, {**_ORDER, "side": "sell", "price": 4100}, {"cancel": "17"}],
        "amend in a batch": [{"amend": "17", "price": 3800, "quantity": 100_000}],
        "cancel by reference": [{"cancel_reference_id": "mine-17"}],
    },
    "patchOrdersByOrderId": {
        "less of it, in its place": {"quantity": 50_000},
        "at another price": {"price": 4000, "quantity": 100_000},
    },
    "postChallenges": {
        "to a member": {
            "market_id": "1",
            "contract_id": "2",
            "side": "buy",
            "price": 3900,
            "quantity": 100_000,
            "opponent": "grace",
            "message": "I dare you.",
            "expires_datetime": "2030-05-17T14:00:00Z",
        },
        "to who has the link": {
            "market_id": "1",
            "contract_id": "2",
            "side": "sell",
            "price": 6000,
            "quantity": 100_000,
            "expires_datetime": "2030-05-17T14:00:00Z",
        },
    },
    "patchChallengesByChallengeId": {
        "take it": {"state": "accepted"},
        "take it by its link": {"state": "accepted", "key": "q4HkR0mT2bVd8XsWc1ZpYf7LnJ3uEa9g"},
        "rather not": {"state": "declined"},
        "take it back": {"state": "withdrawn"},
    },
    "patchPrivacy": {
        "only followers see trades, and at which price": {
            "fill": {"audience": "followers", "detail": "price"}
        },
        "off the leaderboards": {"leaderboards": {"audience": "only_me"}},
    },
    "patchNotifications": {"all up to this one": {"read_to": "48"}},
    "patchNotificationsByNotificationId": {
        "it was read": {"read": True},
        "keep it for later": {"read": False},
    },
    "patchNotificationsSettings": {"rather not": {"filled": False, "followed": False}},
    "putExchangeState": {"stop everything": {"state": "halted", "cancel_orders": True, "reason": "a drill"}},
}
