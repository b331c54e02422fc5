"""Owns the answers to questions: what an account stream knows now; they leave no trace.

Never decides, never changes anything.
Called by the turn of an account stream.
"""

import heapq
from typing import Final

from actors.machines import limits
from actors.machines.account_stream.account import Account
from actors.machines.account_stream.accounts import Accounts
from actors.machines.account_stream.previews import preview_order
from actors.machines.messages.answers import (
    ApiKeyCredentials,
    ApiKeysResult,
    Credentials,
    ExchangeResult,
    HouseResult,
    Known,
    Refused,
)
from actors.machines.messages.commands import (
    AccountQuestion,
    GetAccount,
    GetApiKey,
    GetApiKeys,
    GetCredentials,
    GetExchangeState,
    GetHouse,
    GetOrder,
    PreviewOrder,
)
from actors.machines.messages.words import Reason

_NOT_FOUND: Final = Refused(Reason.NOT_FOUND, "There is no such thing.")


def answer(accounts: Accounts, asked: AccountQuestion, time: int) -> Known:
    """What is known at this time."""
    match asked:
        case GetExchangeState():
            known = accounts.exchange_noted
            return ExchangeResult(known.state, known.version, known.reason, known.time)
        case GetCredentials():
            account = accounts.accounts.get(accounts.usernames.get(asked.username, 0))
            return _NOT_FOUND if account is None else _credentials(account)
        case GetApiKey():
            account = accounts.accounts.get(accounts.api_key_owners.get(asked.api_key_id, 0))
            return _NOT_FOUND if account is None else _api_key(account, asked.api_key_id, time)
        case PreviewOrder():
            return preview_order(accounts, asked, time)
        case GetHouse():
            return _house(accounts, asked.after_market_id)
        case _:
            account = accounts.accounts.get(asked.account_id)
            return _NOT_FOUND if account is None else _of_account(account, asked, time)


def _of_account(account: Account, asked: GetAccount | GetApiKeys | GetOrder, time: int) -> Known:
    if isinstance(asked, GetAccount):
        return account.result()
    if isinstance(asked, GetApiKeys):
        return ApiKeysResult(tuple(key.result() for key in account.api_keys.live(time)))
    order = account.orders.get(asked.order_id)
    return _NOT_FOUND if order is None else order.result(account.balance, account.exposure)


def _house(accounts: Accounts, after_market_id: int) -> HouseResult:
    later = (market_id for market_id in accounts.clearing if market_id > after_market_id)
    first = heapq.nsmallest(limits.CLEARING_PER_ANSWER_MAX, later)
    clearing = tuple((market_id, accounts.clearing[market_id]) for market_id in first)
    return HouseResult(accounts.external, accounts.commission, clearing)


def _credentials(account: Account) -> Credentials:
    return Credentials(
        account.account_id,
        account.username,
        account.role,
        account.generation,
        account.password_hash,
        account.roles,
    )


def _api_key(account: Account, api_key_id: int, time: int) -> ApiKeyCredentials | Refused:
    key = account.api_keys.find(api_key_id, time)
    if key is None:
        return _NOT_FOUND
    return ApiKeyCredentials(
        api_key_id,
        account.account_id,
        account.username,
        account.role,
        account.roles,
        account.generation,
        key.scope,
        key.expires_time,
        key.digest,
    )
