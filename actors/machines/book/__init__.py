"""Owns the order book of one contract: its interface and two implementations that agree.

Never knows members' money, market states or order types: a book holds what rests and says what would trade.
Called by the market machine, tests and benches.
"""

from actors.machines.book.fast import FastBook
from actors.machines.book.interface import Book, Match, Resting, digest_of
from actors.machines.book.naive import NaiveBook
from actors.machines.book.sets import SetBooks

__all__ = ["Book", "FastBook", "Match", "NaiveBook", "Resting", "SetBooks", "digest_of"]
