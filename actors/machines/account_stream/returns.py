"""Owns what the voiding of a contract means to the accounts of a stream: their stakes in it are theirs again.

Never moves money: none had moved before the market's verdict.
Called by the decisions of account streams.
"""

from actors.machines.account_stream.accounts import Accounts
from actors.machines.messages.events import AccountEvent
from actors.machines.messages.voiding import ContractVoidNoted, ContractVoidReached, StakesReturned


def decide_returns(state: Accounts, message: ContractVoidReached) -> list[AccountEvent]:
    """What each account of the stream has of the market without the contract."""
    market_id, contract_id = message.market_id, message.contract_id
    events: list[AccountEvent] = []
    for account_id in state.markets[market_id].holders:
        account = state.accounts[account_id]
        position = account.positions[market_id]
        market_exposure = position.exposure_without(contract_id)
        exposure = account.exposure - position.exposure + market_exposure
        order_ids = tuple(position.filled.get(contract_id, ()))
        events.append(
            StakesReturned(account_id, market_id, contract_id, order_ids, exposure, market_exposure)
        )
    return [*events, ContractVoidNoted(market_id, contract_id)]
