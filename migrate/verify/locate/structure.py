"""Says what two models do differently between tensors that both have and one that they have not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.verify.locate.frontier import shared_inputs, sources
from migrate.verify.locate.operations import family
from migrate.verify.locate.side import short_name, variable_name

if TYPE_CHECKING:
    from migrate.verify.flatgraph import Ref
    from migrate.verify.locate.frontier import Frontier, Half
    from migrate.verify.locate.side import Side

_SHOWN = 3
_LONGEST_CHAIN = 8


@dataclass(frozen=True, slots=True)
class Described:
    """The difference in words.

    Attributes:
        a: The operation of the first model that it is about.
        b: The one of the second.
        message: One sentence.
        inputs_agree: Whether both start from equal tensors.
        certain: Whether both were seen to do the same again afterwards, so that nothing else can be meant.
    """

    a: Ref
    b: Ref
    message: str
    inputs_agree: bool
    certain: bool


def describe(found: Frontier) -> Described:
    """What a frontier shows about a pair of tensors that the two models compute in different ways."""
    a, b = found.a, found.b
    if (not a.own and not b.own) or (not a.own and not a.has_end) or (not b.own and not b.has_end):
        message = f"the first model takes {_made(a)}, the second {_made(b)}"
        return Described(a.end, b.end, message + _random_text(a, b), inputs_agree=False, certain=True)
    if not b.own:
        return _one_sided(a, "first", b, "second", (a.first[0], b.end))
    if not a.own:
        return _one_sided(b, "second", a, "first", (a.end, b.first[0]))
    for ref in a.first:
        for other in b.first:
            if shared_inputs(a, ref, b, other):
                return _parted(a, b, ref, other)
    message = (
        f"the two compute it in different ways: the first model has {_chain(a.side, a.own)}"
        f"{_after(a.side, a.entries)}, the second {_chain(b.side, b.own)}{_after(b.side, b.entries)}"
    )
    return Described(a.first[0], b.first[0], message + _random_text(a, b), inputs_agree=False, certain=False)


def _made(half: Half) -> str:
    if not half.own:
        return _what(half.side, half.end)
    return f"what {_chain(half.side, half.own)} make{'s' if len(half.own) == 1 else ''}{_of(half)}"


def _of(half: Half) -> str:
    return _after(half.side, half.entries).replace(" after ", " of ", 1)


def _one_sided(half: Half, which: str, bare: Half, other: str, places: tuple[Ref, Ref]) -> Described:
    """Only one model does something there that changes the numbers."""
    nothing = "has nothing there" + (" that changes the numbers" if bare.is_idle else "")
    message = (
        f"the {which} model has {_chain(half.side, half.own)}{_after(half.side, half.entries)}, the {other} {nothing}"
    )
    message += _random_text(half, bare) if which == "first" else _random_text(bare, half)
    agree = half.classes.get(half.entries[0]) == bare.classes[bare.end] if len(half.entries) == 1 else False
    return Described(*places, message, inputs_agree=agree, certain=agree and not bare.is_idle)


def _parted(a: Half, b: Half, ref: Ref, other: Ref) -> Described:
    """From one shared tensor on the two do something else: up to where they do the same again."""
    shared = shared_inputs(a, ref, b, other)
    ours, theirs = _following(a, ref), _following(b, other)
    entry = a.classes[shared[0]]
    meetings = [
        (i + j, i, j)
        for i, x in enumerate(ours)
        for j, y in enumerate(theirs)
        if i + j and _family(a, x) == _family(b, y) and _beside(a, ours, i, entry) == _beside(b, theirs, j, entry)
    ]
    after = _after(a.side, tuple(shared))
    _, i, j = min(meetings, default=(0, len(ours), len(theirs)))
    mine, others = _chain(a.side, tuple(ours[:i])), _chain(b.side, tuple(theirs[:j]))
    if not others:
        text = f"the first model has {mine}{after}, the second has nothing there"
    elif not mine:
        text = f"the second model has {others}{after}, the first has nothing there"
    else:
        text = f"the numbers part{after}: the first model goes on with {mine}, the second with {others}"
    agree = _classes_of(a, ref) == _classes_of(b, other)
    certain = bool(meetings) or (agree and len(ours) == len(theirs) == 1)
    return Described(ref, other, text + _random_text(a, b), inputs_agree=agree, certain=certain)


def _classes_of(half: Half, ref: Ref) -> set[int | None]:
    return {half.classes.get(source) for source in sources(half.side, ref) if _family(half, source) != "constant"}


def _beside(half: Half, chain: list[Ref], position: int, entry: int) -> set[int | Ref]:
    """The arguments of an operation of a chain besides what the chain, or the tensor it starts from, brings."""
    before = chain[position - 1] if position else None
    found: set[int | Ref] = set()
    for ref in sources(half.side, chain[position]):
        if _family(half, chain[position]) == "While" and _family(half, ref) == "constant":
            continue  # How turns are counted is a matter of the kind of loop.
        if ref != before and not (before is None and half.classes.get(ref) == entry):
            found.add(half.classes.get(ref, ref))
    return found


def _following(half: Half, ref: Ref) -> list[Ref]:
    """A tensor and what is computed from it, one after the other, among what is the model's own."""
    chain = [ref]
    while len(chain) < _LONGEST_CHAIN:
        follower = next((other for other in half.own if chain[-1] in sources(half.side, other)), None)
        if follower is None or follower in chain:
            break
        chain.append(follower)
    return chain


def _random_text(a: Half, b: Half) -> str:
    if a.is_random == b.is_random:
        return ""
    which, drawn = ("first", a.side.random) if a.is_random else ("second", b.side.random)
    return f"; only the {which} model's numbers are random there ({', '.join(sorted(drawn))}), as in training"


def _after(side: Side, entries: tuple[Ref, ...] | list[Ref]) -> str:
    names = [_what(side, ref) for ref in entries[:2]]
    return f" after {' and '.join(names)}" if names else ""


def _what(side: Side, ref: Ref) -> str:
    node = side.node(ref)
    if ref in side.feeds:
        return f"the input {side.feeds[ref]!r}"
    if node is None:
        return "something"
    if family(node) == "variable":
        return f"variable {variable_name(node)!r}"
    return f"`{short_name(node.key[0])}`" + (f" ({node.op})" if node.op not in node.key[0] else "")


def _family(half: Half, ref: Ref) -> str:
    node = half.side.node(ref)
    return "" if node is None else family(node)


def _chain(side: Side, refs: tuple[Ref, ...]) -> str:
    nodes = [node for ref in refs if (node := side.node(ref)) is not None]
    names = [(node.op, short_name(node.key[0])) for node in nodes[:_SHOWN]]
    shown = [f"`{name}`" if name == op else f"{op} (`{name}`)" for op, name in names]
    left = len(nodes) - _SHOWN
    return ", ".join(shown) + (f" and {left} more operation{'s' if left > 1 else ''}" if left > 0 else "")
