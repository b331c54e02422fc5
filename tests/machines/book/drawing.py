"""Owns drawn books: a book as three columns of text, and orders as sentences.

Never judges a book: tests compare drawings.
Called by the tests of the books.

    bid         | price | offer
                |  5100 | b2:20 c3:30
    a1:10       |  5000 |

``b2:20`` is order 2 of account b, of which 20 rest; within a price the oldest stands first. A sentence is
``d4 buys 30 @ 5100``.
"""

from collections.abc import Iterable, Iterator

from actors.machines.book import Book, Match, Resting
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.words import Side

ACCOUNTS = " abcdefghijklmnopqrstuvwxyz"


def read(drawing: str) -> Iterator[Resting]:
    """The orders of a drawing, best first."""
    rows = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines()[1:]]
    for bids, price, _ in rows:
        yield from _read_cell(Side.BUY, price, bids)
    for _, price, offers in reversed(rows):
        yield from _read_cell(Side.SELL, price, offers)


def draw(orders: Iterable[Resting]) -> str:
    """The drawing of a book's ``resting()``."""
    cells: dict[int, dict[Side, list[str]]] = {}
    for order in orders:
        row = cells.setdefault(order.price, {Side.BUY: [], Side.SELL: []})
        row[order.side].append(f"{ACCOUNTS[order.account_id]}{order.order_id}:{order.quantity}")
    lines = [f"{'bid':<11} | price | offer"]
    for price, row in sorted(cells.items(), reverse=True):
        lines.append(f"{' '.join(row[Side.BUY]):<11} | {price:>5} | {' '.join(row[Side.SELL])}".rstrip())
    return "\n".join(lines)


def tidy(drawing: str) -> str:
    """A drawing as ``draw`` would have drawn it."""
    return draw(read(drawing))


def fill(book: Book, drawing: str) -> None:
    """Rests the orders of a drawing in a book."""
    for order in read(drawing):
        book.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)


def ask(book: Book, sentence: str, first_execution_id: int = 1) -> tuple[Resting, Match]:
    """The order of a sentence, and what it would trade now."""
    name, verb, quantity, _, price = sentence.split()
    side = {"buys": Side.BUY, "sells": Side.SELL}[verb]
    order = Resting(int(name[1:]), ACCOUNTS.index(name[0]), side, int(price), int(quantity))
    return order, book.match(order.account_id, side, order.price, order.quantity, first_execution_id)


def place(book: Book, sentence: str, first_execution_id: int = 1) -> Match:
    """Carries out a sentence as a market would: what trades leaves the book, what is left joins it.

    An order that met its own account's is cancelled there: nothing of it rests.
    """
    order, match = ask(book, sentence, first_execution_id)
    book.take(match.fills)
    if match.left and not match.crossed_self:
        book.rest(order.order_id, order.account_id, order.side, order.price, match.left)
    return match


def trades(fills: Iterable[MakerFill]) -> str:
    """Fills as ``b2 20 @ 5100, c3 10 @ 5100``."""
    return ", ".join(
        f"{ACCOUNTS[fill.account_id]}{fill.order_id} {fill.quantity} @ {fill.price}" for fill in fills
    )


def _read_cell(side: Side, price: str, cell: str) -> Iterator[Resting]:
    for token in cell.split():
        name, _, quantity = token.partition(":")
        yield Resting(int(name[1:]), ACCOUNTS.index(name[0]), side, int(price), int(quantity))
