"""Random code from shapes: texts with blanks for names that are known, new names, expressions and blocks.

A blank is a letter in braces: `{t}` a tensor that is known here, `{T}` a new name for one, `{e}` an expression. With a
digit, `{t1}`, it is the same each time in one shape. A line of three dots is a block of other shapes.
"""

from __future__ import annotations

import re
from random import Random
from textwrap import indent

# ---- what the letters are -------------------------------------------------------------------------------------------

# Names: tensors, variables, plain numbers, constants of the module, lists, dictionaries; functions of one tensor that
# return a tensor, the same with a second argument `k`, that return a pair, a dictionary; classes, and objects of them.
NAMES = "tvpuldfgqrcm"

TENSORS = (
    "{t}",
    "{t}",
    "{v}",
    "{l}[0]",
    "{l}[-1]",
    "{d}['a']",
    "{m}.y",
    "{m}.x",
)
COMPUTED = (
    "{e} + {o}",
    "{e} - {o}",
    "({e} * {o})",
    "({e} + {e})",
    "tf.add({e}, {o})",
    "tf.maximum({e}, {o})",
    "tf.subtract({e}, {o})",
    "tf.square({e})",
    "tf.negative({e})",
    "tf.stop_gradient({e})",
    "{f}({e})",
    "{f}({e})",
    "{g}({e}, {k})",
    "{g}({e}, k={k})",
    "{g}({e})",
    "{m}.more({e})",
)
LITERALS = ("1.0", "2.0", "0.5", "-1.5", "3.0")
EXPRESSIONS = {
    "k": (*LITERALS, "{u}", "{u}", "{p}", "{p}", "{p}", "({p} + {n})"),
    "n": LITERALS,
    "o": ("{e}", "{k}"),
    "b": ("{k} > {n}", "{k} == {k}", "True", "False"),
    "s": ("a", "b", "net"),
}

_BLANK = re.compile(r"\{([a-zA-Z])(\d?)\}")
_BLOCK = re.compile(r"^( *)\.\.\.$", re.MULTILINE)
_DEEP = 2


class Draft:
    """Code that is made piece by piece, with the names that it has so far."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.known: dict[str, list[str]] = {kind: [] for kind in NAMES}
        self._made = 0

    def fill(self, shape: str, block: tuple[str, ...] = ()) -> str:
        """A shape without blanks; new names are known afterwards, but for those of blocks that may not have run."""
        before, text, place = self._copy(), "", 0
        for found in _BLOCK.finditer(shape):
            text += self._filled(shape[place : found.start()])
            outside = self._copy()
            text += indent(self.some(block, 1, 2), found[1])
            place = found.end()
            if not shape.startswith("with "):
                self.known = outside
        text += self._filled(shape[place:])
        if place and not shape.startswith("with "):
            self.known = before
        return text.rstrip("\n") + "\n"

    def some(self, shapes: tuple[str, ...], least: int, most: int, block: tuple[str, ...] = ()) -> str:
        """Some of the shapes that can be filled here, one after the other."""
        count = self.random.randint(least, most)
        return "".join(self.fill(self._choice(shapes), block) for _ in range(count)) or "pass\n"

    def _copy(self) -> dict[str, list[str]]:
        return {kind: list(names) for kind, names in self.known.items()}

    # ---- blanks -----------------------------------------------------------------------------------------------------

    def _filled(self, text: str, depth: int = 0) -> str:
        same: dict[str, str] = {}
        new: list[tuple[str, str]] = []

        def blank(found: re.Match[str]) -> str:
            if found[0] in same:
                return same[found[0]]
            kind = found[1]
            if kind.isupper():
                self._made += 1
                made = f"{kind.lower()}{self._made}"
                new.append((kind.lower(), made))
            elif kind in NAMES:
                made = self.random.choice(self.known[kind])
            else:
                made = self._filled(self._choice(self._expressions(kind, depth)), depth + 1)
            if found[2]:
                same[found[0]] = made
            return made

        filled = _BLANK.sub(blank, text)
        for kind, name in new:
            self.known[kind].append(name)
        return filled

    def _expressions(self, kind: str, depth: int) -> tuple[str, ...]:
        if kind != "e":
            return EXPRESSIONS[kind]
        return TENSORS if depth >= _DEEP else TENSORS + COMPUTED

    def _choice(self, shapes: tuple[str, ...]) -> str:
        """One whose names are of kinds that are known."""
        return self.random.choice(
            [
                one
                for one in shapes
                if all(self.known.get(kind, True) for kind, _ in _BLANK.findall(one) if kind in NAMES)
            ]
        )
